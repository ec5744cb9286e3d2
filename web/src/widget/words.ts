// The words of the chat that the demo page (../i18n.ts) has not, in both languages.

import { dictionary, type Values } from '../dictionary';
import { preferredLang, type Lang } from '../i18n';

const zh = {
  open: '打开客服对话',
  openUnread: '打开客服对话，有新消息',
  unread: '客服回复了您。',
  close: '关闭',
  restart: '重新开始',
  log: '对话记录',
  greeting: '您好，请问有什么可以帮您？',
  placeholder: '请输入您的问题',
  send: '发送',
  you: '您说',
  bot: '客服说',
  forgotten: '上一次对话已过期，已为您重新开始。',
  sourceOf: '出处',
  quoted: '原文',
  version: '第 {n} 版',
  downReasons: '答非所问|不够完整|内容有误',
  reason: '哪里不好？（可不填）',
  noChat: '这里没有可用的对话。',
  unreachable: '暂时连不上客服，请稍后刷新再试。',
};

const en: Record<keyof typeof zh, string> = {
  open: 'Open the chat',
  openUnread: 'Open the chat: somebody has answered',
  unread: 'Somebody has answered in the chat.',
  close: 'Close',
  restart: 'Start again',
  log: 'Conversation',
  greeting: 'Hello, how can we help?',
  placeholder: 'Type your question',
  send: 'Send',
  you: 'You said',
  bot: 'The shop said',
  forgotten: 'The last conversation is over; this is a new one.',
  sourceOf: 'Source',
  quoted: 'Quoted',
  version: 'version {n}',
  downReasons: 'Not what I asked|Not complete|Not right',
  reason: 'What was wrong? (optional)',
  noChat: 'There is no chat here.',
  unreachable: 'The chat cannot be reached. Please reload in a moment.',
};

export type Word = keyof typeof zh;

const { words } = dictionary(zh, en);
export const word = (lang: Lang, key: Word, values: Values = {}): string => words(lang)(key, values);

// What the page says of itself goes before what its visitor's browser says: the chat is a part of the page.
export function pickLang(asked: string, page: string, browser: readonly string[]): Lang {
  const known = [asked, page].filter((tag) => /^(zh|en)(-|$)/i.test(tag));
  return preferredLang(known.length > 0 ? known : browser);
}
