import { describe, expect, it } from 'vitest';
import { linkOf, readShelf } from './read';
import { reasonWord } from './words';

describe('the list on a page', () => {
  it('is read member by member', () => {
    for (const json of [null, 7, [], {}, { impression: 3 }]) expect(readShelf(json)).toBeNull();
    const shelf = readShelf({ impression: 'imp_1', items: [{ id: 'a', title: '<b>A</b>', flags: ['new'], reason: { kind: 'because_of', title: 'B' } }, { id: 'c' }, null], sponsored: { id: 'd', title: 'D' } });
    expect(shelf?.items).toEqual([{ id: 'a', title: '<b>A</b>', isNew: true, reason: 'because_of', because: 'B' }]);
    expect(shelf?.sponsored?.id).toBe('d');
    expect(readShelf({ impression: 'imp_1', items: 'x' })?.items).toEqual([]);
  });
  it('links to the web alone', () => {
    expect(linkOf('/books/{id}', 'a/b c', 'https://shop.example/x')).toBe('https://shop.example/books/a%2Fb%20c');
    for (const template of ['javascript:alert({id})', 'data:text/html,{id}', 'http://[']) expect(linkOf(template, 'a', 'https://shop.example/')).toBeNull();
  });
  it('says why in both languages', () => {
    expect(reasonWord('en', 'because_of', 'Tea')).toBe('because you looked at "Tea"');
    expect(reasonWord('zh', 'popular', '')).toBe('最近热门');
    expect(reasonWord('en', 'odd', '')).toBe('');
  });
});
