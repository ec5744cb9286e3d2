// What a bot said, with its sources as citations: of a composed answer each names document, version and the words quoted.

import { isObject, list, readAnswer, sourceName, text, type Answer } from '../api';

export interface Citation {
  name: string;
  quote: string; // the words of the document; may be absent
  version: number | null;
  url: string; // http or https only: nothing a server sends becomes a script
}

export type Said = Omit<Answer, 'sources'> & { sources: Citation[] };

function webAddress(value: unknown): string {
  const address = text(value);
  return /^https?:\/\//i.test(address) ? address : '';
}

export function readCitation(source: unknown): Citation {
  const from = isObject(source) ? source : {};
  const version = typeof from.version === 'number' && Number.isInteger(from.version) ? from.version : null;
  return {
    name: sourceName(source) || text(from.document),
    quote: text(from.quote) || text(from.text),
    version,
    url: webAddress(from.url) || webAddress(from.source),
  };
}

export function readSaid(json: unknown): Said | null {
  const answer = readAnswer(json);
  if (answer === null || !isObject(json)) return null;
  return { ...answer, sources: list(json.sources).map(readCitation).filter((citation) => citation.name !== '') };
}
