// Sentences that ask for nothing a shop could answer. Its model has learned from a few hundred rows and takes one or another of
// them for a question all the same: what is promised is a share.
export const nonsense = [
  'colourless green ideas sleep furiously', 'twas brillig and the slithy toves', 'the square root of a sandwich', 'purple elephants vote for gravity',
  'asdf qwer zxcv', 'lorem ipsum dolor sit amet', 'blorp zindle frab', "my neighbour's volcano hums sonatas",
  '三角形的味道是星期四', '月亮借了我的平方根', '石头吃掉了昨天的影子', '嗡嘛呢叭咪吽',
];
export const leftAlone = 8; // of them, at least
