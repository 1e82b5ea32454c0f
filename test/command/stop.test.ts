// What a signal means to a verb that runs on: once is asked, told twice in one moment is still once, again or another one is insisted.
import { afterEach, expect, test, vi } from 'vitest';
import { onStop } from '../../src/command/stop.ts';

const heard: string[] = [];
let release = (): void => undefined;

afterEach(() => {
  release();
  vi.useRealTimers();
  heard.length = 0;
});

test('the terminal and the starter both tell of one Ctrl-C: it is asked once', () => {
  listen();
  process.emit('SIGINT', 'SIGINT');
  process.emit('SIGINT', 'SIGINT');
  expect(heard).toEqual(['asked']);
});

test('one more a moment later insists', () => {
  listen();
  process.emit('SIGINT', 'SIGINT');
  vi.advanceTimersByTime(1_000);
  process.emit('SIGINT', 'SIGINT');
  expect(heard).toEqual(['asked', 'insisted']);
});

test('another signal insists at once', () => {
  listen();
  process.emit('SIGTERM', 'SIGTERM');
  process.emit('SIGINT', 'SIGINT');
  expect(heard).toEqual(['asked', 'insisted']);
});

test('after its release nobody listens', () => {
  const before = process.listenerCount('SIGINT');
  listen();
  release();
  expect(process.listenerCount('SIGINT')).toBe(before);
});

function listen(): void {
  vi.useFakeTimers();
  release = onStop(() => heard.push('asked'), () => heard.push('insisted'));
}
