// Plays sdk/scenario.json (sdk/README.md says what its rows mean) with this client.   scenario.mjs URL KEY FILE
// One line a finding; exit status 1 when there is one.
import { readFile } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';

import { APIError, Client } from '../dist/index.js';

const [url, key, file] = process.argv.slice(2);
const kept = { language: 'typescript' };

const camel = (name) => name.replace(/_([a-z])/g, (_, letter) => letter.toUpperCase());

// a.0.b of it; null where there is nothing.
function at(value, path) {
  for (const step of path.split('.')) value = value === null || typeof value !== 'object' ? undefined : value[step];
  return value ?? null;
}

function filled(value) {
  if (typeof value === 'string' && value.startsWith('$')) return kept[value.slice(1)];
  if (Array.isArray(value)) return value.map(filled);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, filled(one)]));
}

function isSome(value) {
  if (value === null || value === '') return false;
  return typeof value !== 'object' || Object.keys(value).length > 0;
}

function compare(said, expected) {
  return Object.entries(filled(expected)).flatMap(([path, wanted]) => {
    const got = at(said, path);
    const right = isDeepStrictEqual(wanted, { some: true }) ? isSome(got) : isDeepStrictEqual(got, wanted);
    return right ? [] : [`${path} is ${JSON.stringify(got)}, not ${JSON.stringify(wanted)}`];
  });
}

// What a streamed chat said, as one value.
async function joined(events) {
  const all = [];
  for await (const event of events) all.push(event);
  const content = all.flatMap((event) => event.choices.map((choice) => choice.delta.content ?? '')).join('');
  return { count: all.length, content, last: all.at(-1) };
}

async function play(client, step) {
  const options = Object.fromEntries(Object.entries(filled(step.options ?? {})).map(([name, value]) => [camel(name), value]));
  const words = step.with === undefined ? [] : [filled(step.with), options];
  let said;
  try {
    const result = client[camel(step.call)](...words);
    said = step.call.startsWith('stream_') ? await joined(result) : await result;
  } catch (error) {
    if (!(error instanceof APIError)) throw error;
    if (step.error === undefined) return [`threw ${error.message}`];
    const { status, code, field, requestId, name } = error;
    return compare({ status, code, field, class: name, request_id: requestId }, step.error);
  }
  if (step.error !== undefined) return [`no error: ${JSON.stringify(said).slice(0, 300)}`];
  for (const [name, path] of Object.entries(step.keep ?? {})) kept[name] = at(said, path);
  return compare(said, step.expect ?? {});
}

const { steps } = JSON.parse(await readFile(file, 'utf-8'));
const client = new Client({ baseUrl: url, apiKey: key });
const stranger = new Client({ baseUrl: url, apiKey: 'yp_wrong' });
let findings = 0;
for (const step of steps) {
  for (const finding of await play(step.key === 'wrong' ? stranger : client, step)) {
    ++findings;
    console.log(`typescript: ${step.name}: ${finding}`);
  }
}
console.log(`typescript: ${steps.length} steps, ${findings} findings`);
process.exitCode = findings === 0 ? 0 : 1;
