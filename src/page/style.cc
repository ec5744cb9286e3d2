#include "page/style.h"

namespace yupu::page {

// The demo page's ink, paper and seal (web/src/style.css).
const std::string_view kPageStyle = R"css(
:root{color-scheme:light dark;--paper:#f5f1e7;--card:#fdfbf5;--ink:#24261f;--soft:#66655a;--line:#ddd5c3;--seal:#a5321f;--seal-ink:#fdf7ea;--tea:#2f6a4b;--amber:#8a5a00;--track:#e6dfcf;
--song:'Songti SC','Noto Serif CJK SC','Noto Serif SC','Source Han Serif SC',STSong,SimSun,Georgia,serif;
--hei:system-ui,-apple-system,'Segoe UI','PingFang SC','Noto Sans CJK SC','Noto Sans SC','Microsoft YaHei',sans-serif}
:root:lang(en){--song:Georgia,'Iowan Old Style','Times New Roman','Songti SC','Noto Serif CJK SC',serif}
@media (prefers-color-scheme:dark){:root{--paper:#161814;--card:#1f221c;--ink:#ece7d9;--soft:#a6a292;--line:#363a30;--seal:#d9654f;--seal-ink:#1a0f0c;--tea:#8cc39a;--amber:#dcb062;--track:#343830}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:1rem/1.7 var(--hei);overflow-wrap:anywhere}
.sheet{max-width:56rem;margin:0 auto;padding:2.5rem 1.25rem 4rem}
header{display:flex;gap:1.2rem;align-items:center;flex-wrap:wrap}
.seal{display:grid;width:3.4rem;padding:.4rem 0;border-radius:.5rem;background:var(--seal);color:var(--seal-ink);font:700 1.6rem/1.12 'Songti SC','Noto Serif CJK SC',STSong,SimSun,serif;text-align:center}
header div{flex:1;min-width:14rem}
h1{font:600 1.9rem/1.3 var(--song);margin:0}
h2{font:600 1.3rem/1.4 var(--song);margin:3rem 0 .6rem;padding-top:1rem;border-top:1px solid var(--line)}
p{margin:.4rem 0;max-width:44rem}.soft,header p{color:var(--soft)}
a{color:inherit;text-decoration-color:var(--line);text-underline-offset:.25em}a:hover{text-decoration-color:currentColor}
:focus-visible{outline:2px solid var(--seal);outline-offset:2px}
.stale{border:1px solid var(--line);border-left:3px solid var(--amber);background:var(--card);border-radius:.5rem;padding:.8rem 1rem;margin-top:1.5rem}
.key{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:1rem;margin:1.5rem 0}
.key div{border-top:2px solid var(--seal);padding-top:.5rem}
.key strong{display:block;font:600 1.9rem/1.3 var(--song);font-variant-numeric:tabular-nums}
.key span{color:var(--soft);font-size:.9rem}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.92rem}
th,td{text-align:left;padding:.34rem .7rem .34rem 0;border-bottom:1px solid var(--line);vertical-align:middle}
thead th{font-weight:400;color:var(--soft)}tbody th{font-weight:400}
td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap;padding-left:.7rem}
td.b{width:34%;min-width:4.5rem}tbody th{min-width:6.5rem;overflow-wrap:anywhere}table{overflow-wrap:break-word}
.bar{display:block;width:100%;height:.5rem}.bar .track{fill:var(--track)}.bar .fill{fill:var(--tea)}.bar.mid .fill{fill:var(--amber)}.bar.low .fill{fill:var(--seal)}
.chart{display:block;width:100%;max-width:40rem;height:auto;margin:1rem 0}
.grid{stroke:var(--line);stroke-width:1}.honest{stroke:var(--soft);stroke-width:1.5;stroke-dasharray:5 5}
.axis{fill:var(--soft);font:13px var(--hei)}.tick{fill:var(--soft);font:11px var(--hei)}.dot{fill:var(--tea);fill-opacity:.7}
.line{fill:none;stroke:var(--tea);stroke-width:3;stroke-linejoin:round}.line.loss{stroke:var(--soft);stroke-width:1.4}
.heat{display:block;width:100%;height:auto;margin:1rem 0}.heat .cell{fill:var(--seal)}.heat .cell.right{fill:var(--tea)}.heat .count{fill:var(--ink);font:11px var(--hei)}.heat .count.on{fill:var(--paper)}
dl{display:grid;grid-template-columns:minmax(8rem,max-content) 1fr;gap:.25rem 1.4rem;margin:.6rem 0}dt{color:var(--soft)}dd{margin:0}
.id,code{font:.88em ui-monospace,'SF Mono',Menlo,Consolas,monospace}
details{margin:.8rem 0}summary{cursor:pointer;color:var(--soft);padding:.4rem 0}
[data-fact]{position:relative}
data[data-fact]:hover::after{content:attr(data-fact);position:absolute;left:0;top:1.9em;z-index:2;background:var(--ink);color:var(--paper);font:12px/1.5 ui-monospace,Consolas,monospace;padding:.25rem .5rem;border-radius:.3rem;width:max-content;max-width:20rem;white-space:normal}
.n data[data-fact]:hover::after{left:auto;right:0}
footer{margin-top:3.5rem;border-top:1px solid var(--line);padding-top:1rem;color:var(--soft);font-size:.92rem}
@media (max-width:34rem){h1{font-size:1.5rem}td.b{width:24%}td.p{display:none}th.p{display:none}dl{grid-template-columns:1fr}dt{margin-top:.4rem}}
)css";

}  // namespace yupu::page
