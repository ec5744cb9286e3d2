// What the server sends to the console, read member by member: what is absent or of another type becomes its harmless
// default, never an exception in the middle of drawing.

type Unknown = Record<string, unknown>;

export const object = (value: unknown): Unknown => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Unknown) : {});
export const text = (value: unknown): string => (typeof value === 'string' ? value : '');
export const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
export const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const texts = (value: unknown): string[] => list(value).map(text).filter((one) => one !== '');

export interface Agent {
  name: string;
  skills: string[];
  limit: number;
  manager: boolean; // may also decide what the shop says
}
export interface Waiting {
  conversation: string;
  intent: string;
  lang: string;
  priority: number;
  since: string;
  text: string;
}
export interface Colleague {
  name: string;
  on_duty: boolean;
  conversations: number;
  limit: number;
}
export interface Queue {
  count: number;
  waiting: Waiting[];
  agents: Colleague[];
}
export interface Message {
  conversation: string;
  sequence: number;
  author: 'visitor' | 'bot' | 'person';
  agent: string;
  message_id: string;
  text: string;
  created: string;
  trace_id?: string; // of the visitor's and the bot's, as a transcript has them
}
export interface Suggestion {
  intent: string;
  title: string;
  text: string;
}
export interface Summary {
  first: string;
  last: string[];
  why: string;
  intents: { title: string; count: number }[];
  slots: [string, string][];
  triggers: string[];
  priority: number;
}
export interface Dossier {
  mine: boolean;
  status: string;
  agent: string;
  messages: Message[];
  summary: Summary;
  suggestions: Suggestion[];
}
export interface Overview {
  messages: number;
  decisions: Record<'answer' | 'clarify' | 'refuse' | 'handoff', number>;
  conversations: number;
  resolved: number;
  handed_over: number;
  waiting: number;
  with_people: number;
  tickets: number;
  up: number;
  down: number;
  days: { day: string; messages: number; refuse: number; handoff: number }[];
}
export interface ListedConversation {
  id: string;
  status: string;
  priority: number;
  triggers: string[];
  turns: number;
  active: string;
}
export interface MissCluster {
  id: string;
  size: number;
  visitors: number;
  voted_down: number;
  nearest: string; // intent; '': none
  texts: { text: string; traces: string[] }[];
}
export interface Misses {
  misses: number;
  capped: number;
  partial: boolean; // there are more than were read
  intents: string[];
  clusters: MissCluster[];
}

export interface Entry {
  intent: string;
  calls: number;
  hits: number;
  misses: number;
}
export interface Report {
  reviewed: number;
  wrong: number;
  entries: Entry[];
}

export function readAgent(json: unknown): Agent {
  const agent = object(json);
  return { name: text(agent.name), skills: texts(agent.skills), limit: number(agent.limit), manager: agent.manager === true };
}

export function readWaiting(json: unknown): Waiting {
  const row = object(json);
  return { conversation: text(row.conversation), intent: text(row.intent), lang: text(row.lang), priority: number(row.priority), since: text(row.since), text: text(row.text) };
}

export function readQueue(json: unknown): Queue {
  const queue = object(json);
  return {
    count: number(queue.count),
    waiting: list(queue.waiting).map(readWaiting).filter((row) => row.conversation !== ''),
    agents: list(queue.agents)
      .map(object)
      .map((row) => ({ name: text(row.name), on_duty: row.on_duty === true, conversations: number(row.conversations), limit: number(row.limit) })),
  };
}

export function readMessage(json: unknown): Message | null {
  const row = object(json);
  const author = text(row.author);
  if (author !== 'visitor' && author !== 'bot' && author !== 'person') return null;
  if (typeof row.sequence !== 'number' || text(row.conversation) === '') return null;
  return { conversation: text(row.conversation), sequence: row.sequence, author, agent: text(row.agent), message_id: text(row.message_id), text: text(row.text), created: text(row.created), ...(text(row.trace_id) !== '' && { trace_id: text(row.trace_id) }) };
}

export function readDossier(json: unknown): Dossier {
  const dossier = object(json);
  const conversation = object(dossier.conversation);
  const summary = object(dossier.summary);
  return {
    mine: dossier.mine === true,
    status: text(conversation.status),
    agent: text(conversation.agent),
    messages: list(dossier.messages).map(readMessage).filter((message) => message !== null),
    summary: {
      first: text(summary.first),
      last: texts(summary.last),
      why: text(summary.why),
      intents: list(summary.intents).map(object).map((row) => ({ title: text(row.title) || text(row.intent), count: number(row.count) })),
      slots: Object.entries(object(summary.slots)).map(([name, value]) => [name, text(value)]),
      triggers: texts(summary.triggers),
      priority: number(summary.priority),
    },
    suggestions: list(dossier.suggestions).map(object).map((row) => ({ intent: text(row.intent), title: text(row.title), text: text(row.text) })),
  };
}

export function readOverview(json: unknown): Overview {
  const all = object(json);
  const decisions = object(all.decisions);
  return {
    messages: number(all.messages),
    decisions: { answer: number(decisions.answer), clarify: number(decisions.clarify), refuse: number(decisions.refuse), handoff: number(decisions.handoff) },
    conversations: number(all.conversations),
    resolved: number(all.resolved),
    handed_over: number(all.handed_over),
    waiting: number(all.waiting),
    with_people: number(all.with_people),
    tickets: number(all.tickets),
    up: number(all.up),
    down: number(all.down),
    days: list(all.days).map(object).map((row) => ({ day: text(row.day), messages: number(row.messages), refuse: number(row.refuse), handoff: number(row.handoff) })),
  };
}

export function readConversations(json: unknown): ListedConversation[] {
  return list(object(json).conversations)
    .map(object)
    .map((row) => ({ id: text(row.id), status: text(row.status), priority: number(row.priority), triggers: texts(row.triggers), turns: number(row.turns), active: text(row.active) }))
    .filter((row) => row.id !== '');
}

export function readMisses(json: unknown): Misses {
  const all = object(json);
  const clusters = list(all.clusters)
    .map(object)
    .map((cluster) => ({
      id: text(cluster.id),
      size: number(cluster.size),
      visitors: number(cluster.visitors),
      voted_down: number(cluster.voted_down),
      nearest: text(object(cluster.nearest).intent),
      texts: list(cluster.texts).map(object).map((row) => ({ text: text(row.text), traces: texts(row.traces) })),
    }))
    .filter((cluster) => cluster.id !== '');
  return { misses: number(all.misses), capped: number(all.capped), partial: number(all.unread) > 0 || all.all_read === false, intents: texts(all.intents), clusters };
}

export function readReport(json: unknown): Report {
  const all = object(json);
  const entries = list(all.entries)
    .map(object)
    .map((row) => ({ intent: text(row.intent), calls: number(row.calls), hits: number(row.hits), misses: number(row.misses) }));
  return { reviewed: number(all.reviewed), wrong: number(all.wrong), entries };
}
