// The story itself: everybody pushes, Casey answers what comes to a person. Says what to do and waits for what must follow; how it looks is page.ts's.
import { MaestroError } from '../error.ts';
import type { LedgerEvent } from '../merge/event.ts';
import type { Question, RequestId } from '../merge/request.ts';
import { MAESTRO, runVerb } from './coordinator.ts';
import { decisionOf, followNews, landingOf, questionOf, requestOf, tasksOf, type Events, type Landed, type News } from './news.ts';
import type { Answer, Landing, Passage, Summary, Tell } from './passage.ts';
import { notOnTarget } from './proof.ts';
import type { Performer, Stage } from './stage.ts';
import type { Agent } from './story.ts';
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
  const all: Sent[] = [];
  for (const performer of stage.performers) all.push(await send(performer));

  // A person is slower than the machine: nothing is answered before everything else is done.
  const asked = await Promise.all(all.map(async (sent) => ({ sent, question: await landedOrAsked(news, sent) })));
  const answers: Answer[] = [];
  for (const { sent, question } of asked) if (question !== 'landed') answers.push(await settle(stage, sent, question, news, { tell, pause, step }, abort));
  abort.removeEventListener('abort', stopWaiting);
  await proveAll(stage);
  const landings = await Promise.all(all.map(async (sent) => landing(news.seen, sent, await landed(news, sent), startedAtMs)));
  return { target: stage.target, landings, answers, totalMs: Math.max(...landings.map((one) => one.landedAtMs)) };
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
async function settle(stage: Stage, sent: Sent, question: Question, news: News, voice: Voice, abort: AbortSignal): Promise<Answer> {
  const { request } = await stage.client.explain(sent.id);
  voice.tell({ kind: 'question', request, question, place: placeOf(stage, question), claims: claimsOn(stage, sent, question) });
  await voice.pause();
  voice.tell({ kind: 'answer', letters: question.options.map((option) => option.letter), letter: ANSWER });
  const atMs = Date.now();
  voice.step(atMs, stage.casey.name, 'ask', `maestro decide ${sent.id} ${ANSWER}`);
  await runVerb(MAESTRO, ['decide', sent.id, ANSWER], stage.casey.path, abort);
  const decided = await news.until('the decision', (seen) => decisionOf(seen, sent.id));
  const { atMs: landedAtMs } = await landed(news, sent);
  const tasks = await news.until('the refactor task', (seen) => tasksOf(seen, sent.id));
  for (const task of tasks) voice.tell({ kind: 'task', agent: agentOn(stage, task.branch)?.name ?? task.branch, task });
  return { branch: sent.performer.agent.branch, letter: ANSWER, by: decided.resolution.by, waitedMs: decided.atMs - question.askedAtMs, landedAfterMs: landedAtMs - decided.atMs };
}

function placeOf({ story }: Stage, { conflict }: Question): string | null {
  return conflict.paths.map(({ path }) => story.places[path]).find((place) => place !== undefined) ?? null;
}

/** What both sides say of their own work: [A] is what was there first, [B] whoever came second. */
function claimsOn(stage: Stage, sent: Sent, { conflict }: Question): Extract<Passage, { kind: 'question' }>['claims'] {
  const there = conflict.partners.flatMap((partner) => agentOn(stage, partner.branch) ?? []);
  const sides = [...there.slice(0, 1).map((agent) => ({ letter: 'A', agent })), { letter: 'B', agent: sent.performer.agent }];
  return sides.map(({ letter, agent: { name, claim } }) => ({ letter, name, claim }));
}

function agentOn(stage: Stage, branch: string): Agent | undefined {
  return stage.story.agents.find((agent) => agent.branch === branch);
}

function narrate(event: LedgerEvent, seen: Events, startedAtMs: number, stage: Stage, tell: Tell): void {
  for (const { tone, text, more } of tellEvent(event, seen, stage.target, stage.story.places))
    tell({ kind: 'step', atMs: event.atMs - startedAtMs, who: 'Maestro', tone, text, more });
}

function landed(news: News, sent: Sent): Promise<Landed> {
  return news.until(`${sent.performer.agent.branch} on the target`, (seen) => landingOf(seen, sent.id));
}

function landedOrAsked(news: News, { performer, id }: Sent): Promise<Question | 'landed'> {
  return news.until(`${performer.agent.branch} on the target, or a question about it`, (seen) => landingOf(seen, id) === null ? openQuestion(seen, id) : 'landed');
}

function openQuestion(seen: Events, id: RequestId): Question | null {
  return decisionOf(seen, id) === null ? questionOf(seen, id) : null;
}

function landing(seen: Events, sent: Sent, { atMs, candidate }: Landed, startedAtMs: number): Landing {
  const { agent, tip } = sent.performer;
  const decided = decisionOf(seen, sent.id)?.resolution;
  const settled = decided === undefined ? null : { how: decided.how, rounds: Math.max(0, ...(decided.minds?.files ?? []).map((file) => file.rounds)) };
  return { agent: agent.name, branch: agent.branch, tip, id: sent.id, merge: candidate.commit, settled, pushedAtMs: sent.atMs - startedAtMs, landedAtMs: atMs - startedAtMs };
}

/** The word of git on the remote itself, not Maestro's. */
async function proveAll(stage: Stage): Promise<void> {
  const missing = await notOnTarget(stage.casey.git, stage.remote, stage.target, stage.performers);
  if (missing.length > 0) throw new MaestroError('internal', `git says that ${stage.target} of the remote does not contain ${missing.join(', ')}`);
}
