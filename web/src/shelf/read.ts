// What /v1/widget/recommend sends, read member by member (../api.ts says why), and where an item's page is.

import { isObject, list, text } from '../api';

export interface ShelfItem {
  id: string;
  title: string;
  isNew: boolean;
  reason: string;
  because: string; // the title of what it is because of
}
export interface Shelf {
  impression: string;
  items: ShelfItem[];
  sponsored: ShelfItem | null;
}

function readItem(json: unknown): ShelfItem | null {
  if (!isObject(json) || text(json.id) === '' || text(json.title) === '') return null;
  const reason = isObject(json.reason) ? json.reason : {};
  return { id: text(json.id), title: text(json.title), isNew: list(json.flags).includes('new'), reason: text(reason.kind), because: text(reason.title) };
}

export function readShelf(json: unknown): Shelf | null {
  if (!isObject(json) || text(json.impression) === '') return null;
  return { impression: text(json.impression), items: list(json.items).map(readItem).filter((item): item is ShelfItem => item !== null), sponsored: readItem(json.sponsored) };
}

// "/books/{id}" with the item's id in it; null where that is no address of the web.
export function linkOf(template: string, id: string, base: string): string | null {
  try {
    const address = new URL(template.replace('{id}', encodeURIComponent(id)), base);
    return /^https?:$/.test(address.protocol) ? address.href : null;
  } catch {
    return null;
  }
}
