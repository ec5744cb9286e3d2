// Draws the documents the bot may quote, a box that shows what it would quote, and how documents come and go.

import { el } from '../src/dom';
import { textLang } from '../src/format';
import { asking, table, when } from './parts';
import type { Document, Documents, Found } from './shop_read';
import type { Say } from './words';

export interface KnowledgeActions {
  search: (query: string) => void;
  upload: (files: File[]) => void;
  remove: (source: string) => void;
}

const language = (lang: string, say: Say): string => (lang === 'zh' || lang === 'en' ? say(`lang_${lang}`) : lang);

function documentRow(row: Document, say: Say, isManager: boolean, actions: KnowledgeActions): (Node | string)[] {
  const deed = row.shared
    ? el('span', { class: 'item-meta' }, say('shared'))
    : isManager
      ? asking(say, 'remove', say('removeLine', { source: row.source }), { 'data-remove': row.source, 'aria-label': `${say('remove')} ${row.source}` }, () => actions.remove(row.source))
      : '';
  return [row.source, el('span', { lang: textLang(row.title) }, row.title), String(row.passages), language(row.lang, say), when(row.dated).slice(0, 10), String(row.version), deed];
}

function uploadForm(say: Say, actions: KnowledgeActions): HTMLElement {
  const field = el('input', { id: 'upload', type: 'file', multiple: true, accept: '.md,.markdown,.html,.htm,.xhtml,.txt,.text,.docx,.pdf', 'aria-describedby': 'upload-help' });
  field.addEventListener('change', () => {
    const files = [...(field.files ?? [])];
    if (files.length > 0) actions.upload(files);
  });
  return el('div', { class: 'upload' }, el('label', { for: 'upload' }, say('upload')), field, el('p', { id: 'upload-help', class: 'empty' }, say('uploadHelp')));
}

export function searchForm(id: string, label: string, placeholder: string, say: Say, search: (query: string) => void): HTMLElement {
  const field = el('input', { id, type: 'search', placeholder, maxlength: '1000', required: true });
  const form = el('form', { class: 'search-row', role: 'search' }, el('label', { for: id }, label), el('span', { class: 'search-box' }, field, el('button', { type: 'submit', class: 'solid' }, say('search'))));
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    search(field.value.trim());
  });
  return form;
}

export function drawFound(into: HTMLElement, found: Found, say: Say): void {
  const scores = { score: found.score.toFixed(2), threshold: found.threshold.toFixed(2) };
  const cards = found.quotes.map((quote) =>
    el(
      'li',
      { class: 'quote' },
      el('blockquote', { lang: textLang(quote.text) }, quote.text),
      el('p', { class: 'item-meta' }, [quote.source, ...quote.headings, `v${quote.version}`, when(quote.date).slice(0, 10), quote.score.toFixed(2)].join(' · ')),
    ),
  );
  into.replaceChildren(el('p', { class: 'empty' }, say(cards.length > 0 ? 'wouldQuote' : 'wouldRefuse', scores)), el('ul', { class: 'quotes' }, ...cards));
}

export function drawKnowledge(into: HTMLElement, all: Documents, say: Say, isManager: boolean, actions: KnowledgeActions): void {
  const heads = [...(['source', 'documentTitle', 'passages', 'language', 'day', 'version'] as const).map((word) => say(word)), ''];
  into.replaceChildren(
    el('h2', {}, say('searchKnowledge')),
    ...(all.quotes
      ? [searchForm('knowledge-search', say('searchKnowledge'), say('searchPlaceholder'), say, actions.search), el('div', { id: 'found', 'aria-live': 'polite' })]
      : [el('p', { class: 'empty' }, say('noKnowledge'))]),
    el('h2', {}, say('documents')),
    ...(all.documents.length === 0 ? [el('p', { class: 'empty' }, say('noDocuments'))] : [table(say('documents'), heads, all.documents.map((row) => documentRow(row, say, isManager, actions)), 'documents')]),
    ...(isManager && all.quotes ? [uploadForm(say, actions)] : []),
    ...(isManager ? [] : [el('p', { class: 'empty' }, say('managersOnly'))]),
  );
}
