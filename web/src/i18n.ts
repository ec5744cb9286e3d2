// The words of the page in both languages. Keys are checked at compile time: a text missing in one language does not build.

export type Lang = 'zh' | 'en';

const zh = {
  pageTitle: '语铺问答',
  title: '语铺问答',
  tagline: '问一句，答有据',
  intro: '小店的客服。每个回答都写明把握有多大、出自哪一条店规；没把握的时候，它会先问清楚，或者老实说不知道。',
  bot: '店铺',
  skip: '跳到提问框',
  conversation: '对话',
  clear: '清空',
  greeting: '您好，想问点什么？',
  question: '您的问题',
  placeholder: '例如：快递几天能送到？',
  ask: '问',
  hint: '回车发送，Shift + 回车换行',
  report: '技术报告',
  api: '接口说明',
  you: '问',
  shop: '答',
  thinking: '正在想…',
  sure: '把握',
  decision_answer: '已回答',
  decision_clarify: '想先确认',
  decision_refuse: '答不了',
  decision_handoff: '转人工',
  didYouMean: '您想问的是：',
  intent: '意图',
  sources: '出处',
  noSource: '没有引用店规',
  up: '有帮助',
  down: '没帮助',
  rateThis: '这个回答有帮助吗？',
  thanks: '谢谢，已记下。',
  thanksCorrection: '谢谢，改正已记下，下一轮训练会用到。',
  correctionTitle: '应该是哪一类问题？',
  correctionNone: '不确定',
  correctionOther: '都不是（不归店里管）',
  reason: '想补充一句吗？（可不填）',
  send: '提交',
  skipCorrection: '不用了',
  retry: '再试一次',
  retryIn: '{n} 秒后可以再试',
  err429: '问得太快了，歇一会儿。请在 {n} 秒后再试。',
  err402: '这家店本月的额度用完了，请稍后再来。',
  err413: '这段话太长了，请缩短一些。',
  err400: '这个问题没能读懂：{detail}',
  err404: '没有找到：{detail}',
  err503: '服务正忙或正在重启，请过一会儿再试。',
  errNetwork: '连不上服务器，请检查网络后再试。',
  errOther: '出了点问题，不是您的错。请再试一次。',
  requestId: '请求编号 {id}',
  releaseLine: '现在回答您的是模型发布 {id}（{model}）。模型只负责听懂问题，答案是店里事先写好、核准过的。',
  releaseNone: '还没有模型上线；现在提问会得到一句抱歉。',
  releaseUnknown: '没能问到现在是哪个模型在回答。',
  suggestions: '快递几天能送到？|怎么退货？|How much is delivery?|Can I cancel my order?',
};

const en: Record<keyof typeof zh, string> = {
  pageTitle: 'Ask the shop · yupu',
  title: 'Ask the shop',
  tagline: 'Every answer shows its ground',
  intro:
    'A small shop’s customer service. Each answer says how sure it is and which rule it comes from; when it is not sure, it asks back or says so plainly.',
  bot: 'Shop',
  skip: 'Skip to the question box',
  conversation: 'Conversation',
  clear: 'Clear',
  greeting: 'Hello. What would you like to know?',
  question: 'Your question',
  placeholder: 'For example: how much is delivery?',
  ask: 'Ask',
  hint: 'Enter sends, Shift + Enter starts a new line',
  report: 'Technical report',
  api: 'API description',
  you: 'Q',
  shop: 'A',
  thinking: 'Thinking…',
  sure: 'Sure',
  decision_answer: 'Answered',
  decision_clarify: 'Asking back',
  decision_refuse: 'Cannot answer',
  decision_handoff: 'To a person',
  didYouMean: 'Did you mean:',
  intent: 'Intent',
  sources: 'Source',
  noSource: 'no shop rule quoted',
  up: 'Helpful',
  down: 'Not helpful',
  rateThis: 'Was this helpful?',
  thanks: 'Thank you, noted.',
  thanksCorrection: 'Thank you. Your correction goes into the next round of training.',
  correctionTitle: 'What was the question about?',
  correctionNone: 'Not sure',
  correctionOther: 'None of these (not for this shop)',
  reason: 'Anything to add? (optional)',
  send: 'Send',
  skipCorrection: 'No, thanks',
  retry: 'Try again',
  retryIn: 'Try again in {n} s',
  err429: 'That was a little fast. Please try again in {n} seconds.',
  err402: 'This shop has used up its quota for the month. Please come back later.',
  err413: 'That text is too long. Please shorten it.',
  err400: 'The question could not be read: {detail}',
  err404: 'Not found: {detail}',
  err503: 'The service is busy or restarting. Please try again in a moment.',
  errNetwork: 'The server cannot be reached. Please check the connection and try again.',
  errOther: 'Something went wrong, and it is not your fault. Please try again.',
  requestId: 'Request {id}',
  releaseLine:
    'You are being answered by model release {id} ({model}). The model only works out what you mean; the answers were written and approved by the shop.',
  releaseNone: 'No model has been released yet; a question now gets an apology.',
  releaseUnknown: 'Could not find out which model is answering.',
  suggestions: 'How much is delivery?|How do I return something?|快递几天能送到？|怎么取消订单？',
};

export type Key = keyof typeof zh;

export function translate(lang: Lang, key: Key, values: Record<string, string | number> = {}): string {
  const table = lang === 'zh' ? zh : en;
  return table[key].replace(/\{(\w+)\}/g, (whole, name: string) => (name in values ? String(values[name]) : whole));
}

export function isKey(key: string): key is Key {
  return Object.prototype.hasOwnProperty.call(zh, key);
}

// The first language of the browser that we speak; English for everyone else.
export function preferredLang(languages: readonly string[]): Lang {
  for (const language of languages) {
    const base = language.toLowerCase().split('-')[0];
    if (base === 'zh') return 'zh';
    if (base === 'en') return 'en';
  }
  return 'en';
}

export const htmlLang: Record<Lang, string> = { zh: 'zh-CN', en: 'en' };
