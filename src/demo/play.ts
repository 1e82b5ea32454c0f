// The story itself: three pushes, one conflict, one answer. Says what to do and waits for what must follow; how it looks is page.ts's.
import { MaestroError } from '../error.ts';
import type { LedgerEvent } from '../merge/event.ts';
import type { Question, RefactorTask, RequestId } from '../merge/request.ts';
import { MAESTRO, runVerb } from './coordinator.ts';
import { followNews, landingOf, questionOf, requestOf, tasksOf, type Events, type Landed, type News } from './news.ts';
import type { Landing, Summary, Tell } from './passage.ts';
import { notOnTarget } from './proof.ts';
import type { Performer, Stage } from './stage.ts';
import { tellEvent } from './telling.ts';

const ANSWER = 'B';
const GRAPH_LINES_MAX = 14;
const GRAPH_LINES_OLDER = 2;

/** Waits as long as a reader needs; given from outside, for only a terminal has readers. */
export type Pause = () => Promise<void>;

type Sent = { readonly performer: Performer; readonly id: RequestId; readonly atMs: number };

/** Throws when the story did not end as it should; returns what became of everybody. */
export async function play(stage: Stage, tell: Tell, pause: Pause, abort: AbortSignal): Promise<Summary> {
  const startedAtMs = Date.now();
  const step = (atMs: number, who: string, tone: 'plain' | 'ask', text: string): void => tell({ kind: 'step', atMs: atMs - startedAtMs, who, tone, text, more: [] });
  const news = await followNews(stage.client, (event, seen) => narrate(event, seen, startedAtMs, stage, tell));
  const stopWaiting = (): void => news.fail(new MaestroError('internal', 'interrupted'));
  abort.addEventListener('abort', stopWaiting, { once: true });

  const send = async (performer: Performer): Promise<Sent> => {
    const { agent, clone } = performer;
    const atMs = Date.now();
    step(atMs, agent.name, 'plain', `git push origin ${agent.branch}`);
    const heard = news.until(`Maestro hears of ${agent.branch}`, (seen) => requestOf(seen, agent.branch));
    await Promise.all([heard, clone.git.raw(['push', '--quiet', 'origin', agent.branch])]);
    return { performer, id: await heard, atMs };
  };
  const first = await send(stage.first);
  const second = await send(stage.second);
  const third = await send(stage.third);

  const [, asked] = await Promise.all([
    landed(news, first),
    news.until(`a question about ${stage.second.agent.branch}, or its landing`, (seen) => questionOf(seen, second.id) ?? (landingOf(seen, second.id) === null ? null : 'landed')),
    landed(news, third),
  ]);
  const answer = asked === 'landed' ? null : await settle(stage, second, asked, news, { tell, pause, step }, abort);
  abort.removeEventListener('abort', stopWaiting);
  await proveAll(stage);
  const endings = await Promise.all([first, second, third].map(async (sent) => landing(sent, await landed(news, sent), startedAtMs)));
  return { target: stage.target, landings: endings, answer, totalMs: Math.max(...endings.map((one) => one.landedAtMs)) };
}

/** `git log --graph` of the target: what the story added, and a little of what was there. */
export async function showGraph(stage: Stage, tell: Tell): Promise<void> {
  const log = await stage.casey.git.raw(['-C', stage.remote, 'log', '--graph', '--oneline', '--decorate=short', '--decorate-refs=refs/heads/', '-n', String(GRAPH_LINES_MAX), stage.target]);
  const lines = log.trimEnd().split('\n');
  const start = lines.findLastIndex((one) => one.includes('/'));
  tell({ kind: 'graph', target: stage.target, lines: lines.slice(0, start === -1 ? lines.length : start + 1 + GRAPH_LINES_OLDER) });
}

type Voice = { readonly tell: Tell; readonly pause: Pause; readonly step: (atMs: number, who: string, tone: 'plain' | 'ask', text: string) => void };

/** Puts the question to Casey, who answers it the way anybody would: with `maestro decide`. */
async function settle(stage: Stage, sent: Sent, question: Question, news: News, voice: Voice, abort: AbortSignal): Promise<Summary['answer']> {
  const { request } = await stage.client.explain(sent.id);
  const claims = [{ letter: 'A', name: stage.first.agent.name, claim: stage.first.agent.claim }, { letter: 'B', name: stage.second.agent.name, claim: stage.second.agent.claim }];
  voice.tell({ kind: 'question', request, question, place: stage.story.contested.place, claims });
  await voice.pause();
  voice.tell({ kind: 'answer', letters: question.options.map((option) => option.letter), letter: ANSWER });
  const atMs = Date.now();
  voice.step(atMs, stage.casey.name, 'ask', `maestro decide ${sent.id} ${ANSWER}`);
  await runVerb(MAESTRO, ['decide', sent.id, ANSWER], stage.casey.path, abort);
  const decided = await news.until('the decision', (seen) => decisionOf(seen, sent.id));
  const { atMs: landedAtMs } = await landed(news, sent);
  const tasks = await news.until('the refactor task', (seen) => tasksOf(seen, sent.id));
  for (const task of tasks) voice.tell({ kind: 'task', agent: ownerOf(task, stage), task });
  return { letter: ANSWER, by: decided.by, waitedMs: decided.atMs - question.askedAtMs, landedAfterMs: landedAtMs - decided.atMs };
}

function decisionOf(seen: Events, id: RequestId): { readonly by: string; readonly atMs: number } | null {
  const found = seen.find((event) => event.kind === 'decided' && event.id === id);
  return found?.kind === 'decided' ? { by: found.resolution.by, atMs: found.atMs } : null;
}

function ownerOf(task: RefactorTask, stage: Stage): string {
  const owner = [stage.first, stage.second, stage.third].find((performer) => performer.agent.branch === task.branch);
  return owner?.agent.name ?? task.branch;
}

function narrate(event: LedgerEvent, seen: Events, startedAtMs: number, stage: Stage, tell: Tell): void {
  for (const { tone, text, more } of tellEvent(event, seen, stage.target, stage.story.contested.place))
    tell({ kind: 'step', atMs: event.atMs - startedAtMs, who: 'Maestro', tone, text, more });
}

function landed(news: News, sent: Sent): Promise<Landed> {
  return news.until(`${sent.performer.agent.branch} on the target`, (seen) => landingOf(seen, sent.id));
}

function landing(sent: Sent, { atMs, candidate }: Landed, startedAtMs: number): Landing {
  const { agent, tip } = sent.performer;
  return { agent: agent.name, branch: agent.branch, tip, id: sent.id, merge: candidate.commit, how: candidate.how, pushedAtMs: sent.atMs - startedAtMs, landedAtMs: atMs - startedAtMs };
}

/** The word of git on the remote itself, not Maestro's. */
async function proveAll(stage: Stage): Promise<void> {
  const missing = await notOnTarget(stage.casey.git, stage.remote, stage.target, [stage.first, stage.second, stage.third]);
  if (missing.length > 0) throw new MaestroError('internal', `git says that ${stage.target} of the remote does not contain ${missing.join(', ')}`);
}
