// What a tab remembers until it is closed: the token and the language. The storage may be forbidden.

export const kTokenKey = 'yupu.agent';
export const kLangKey = 'yupu.lang';

export function stored(key: string): string {
  try {
    return sessionStorage.getItem(key) ?? '';
  } catch {
    return '';
  }
}

export function store(key: string, value: string): void {
  try {
    if (value === '') sessionStorage.removeItem(key);
    else sessionStorage.setItem(key, value);
  } catch {
    // until the reload, then
  }
}
