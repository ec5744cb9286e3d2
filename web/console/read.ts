// What the server sends to the console, read member by member: what is absent or of another type becomes its harmless
// default, never an exception in the middle of drawing.

type Unknown = Record<string, unknown>;

const object = (value: unknown): Unknown => (typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Unknown) : {});
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const number = (value: unknown): number => (typeof value === 'number' && Number.isFinite(value) ? value : 0);
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : []);
const texts = (value: unknown): string[] => list(value).map(text).filter((one) => one !== '');

export interface Agent {
  name: string;
  skills: string[];
  limit: number;
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
export interface MissGroup {
  label: string;
  size: number;
  voted_down: number;
  samples: { text: string; count: number; decision: string }[];
}
export interface Misses {
  misses: number;
  groups: MissGroup[];
}

export function readAgent(json: unknown): Agent {
  const agent = object(json);
  return { name: text(agent.name), skills: texts(agent.skills), limit: number(agent.limit) };
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
  return { conversation: text(row.conversation), sequence: row.sequence, author, agent: text(row.agent), message_id: text(row.message_id), text: text(row.text), created: text(row.created) };
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
  const groups = list(all.groups).map(object).map((group) => ({
    label: text(group.label),
    size: number(group.size),
    voted_down: number(group.voted_down),
    samples: list(group.samples).map(object).map((row) => ({ text: text(row.text), count: number(row.count), decision: text(row.decision) })),
  }));
  return { misses: number(all.misses), groups };
}
