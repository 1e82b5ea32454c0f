// `maestro status`: the lanes as a table, live with --watch. Without a coordinator it reads the ledger and says so.
import { CLEAR } from './terminal.ts';
import { printJson, type Call, type Verb } from './verb.ts';
import { NOT_LIVE, withControl, withReadable } from './reach.ts';
import { paint } from './render/line.ts';
import { statusLines } from './render/status.ts';
import { onStop } from './stop.ts';
import type { Status } from '../port/control.ts';

// Ages move on without news.
const REDRAW_MS = 5_000;
const REDRAW_GAP_MS = 100;

export const status: Verb = {
  args: [],
  flags: [['--watch', 'redraw on every change until interrupted (--json: one line a change)']],
  notes: 'Works without a running coordinator, from the ledger; `running` says which it is.',
  run: (call) => call.has('watch') ? watch(call) : once(call),
};

function once(call: Call): Promise<number> {
  return withReadable(call, async (source, live) => {
    show(call, await source.status(), live);
    return 0;
  });
}

function show(call: Call, found: Status, live: boolean): void {
  if (call.json) return printJson(call, found);
  call.terminal.out(paint(statusLines(found, Date.now(), call.terminal.columns(), live ? null : NOT_LIVE), call.terminal.colour));
}

function watch(call: Call): Promise<number> {
  return withControl(call, async (control) => {
    const stopped = interrupted();
    let wake = (): void => undefined;
    let changed = true;
    await control.follow(() => {
      changed = true;
      wake();
    });
    const gone = control.hungUp.then(() => 'gone' as const);
    for (;;) {
      if (changed || !call.json) {
        changed = false;
        const found = await control.status();
        if (call.terminal.isTerminal && !call.json) call.terminal.out(CLEAR);
        show(call, found, true);
      }
      // Many news in one moment are one redraw.
      const pause = await Promise.race([stopped, gone, delay(REDRAW_GAP_MS)]);
      const news = new Promise<void>((resolve) => (wake = resolve));
      const end = pause ?? (changed ? undefined : await Promise.race([stopped, gone, news, delay(REDRAW_MS)]));
      if (end === 'stopped') return 0;
      if (end === 'gone') {
        call.terminal.err('maestro: the coordinator stopped\n  next: maestro start');
        return 8;
      }
    }
  });
}

function interrupted(): Promise<'stopped'> {
  return new Promise((resolve) => void onStop(() => resolve('stopped')));
}

function delay(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
