#include "report/html_parts.h"

namespace culprit::html {

namespace {

// Text colours keep at least 4.5:1 on --bg and on --panel, in both themes.
constexpr std::string_view kColours = R"css(
:root{--bg:#fff;--panel:#f7f8fa;--card:#fff;--line:#e3e7ed;--grid:#edf0f4;--text:#121722;--soft:#414b5c;--faint:#5d6779;
--accent:#3a4ccf;--accent-soft:#eceefc;--s1:#3a4ccf;--s2:#9aa6ea;--s3:#c3cbf3;--win:rgba(58,76,207,.07);
--bad:#b3261e;--bad-bg:#fceeed;--warn:#8a5200;--warn-bg:#fdf4e3;--good:#17693d;--good-bg:#e9f6ef;--muted-bg:#eff1f5;
--change:#6b3fb8;--shadow:0 1px 2px rgba(16,24,40,.04)}
)css";

constexpr std::string_view kDark = R"css(
--bg:#0d1016;--panel:#141922;--card:#12161e;--line:#262d39;--grid:#1d232d;--text:#e9edf3;--soft:#b3bdcb;--faint:#929daf;
--accent:#9dabff;--accent-soft:#1d2340;--s1:#8d9dff;--s2:#4d5a9e;--s3:#384173;--win:rgba(141,157,255,.10);
--bad:#ff938a;--bad-bg:#341a1a;--warn:#f0b95f;--warn-bg:#30240f;--good:#6fd8a0;--good-bg:#11291d;--muted-bg:#1d232d;
--change:#c0a2ff;--shadow:none
)css";

constexpr std::string_view kPage = R"css(
*{box-sizing:border-box}
html{scroll-behavior:smooth;scroll-padding-top:72px;-webkit-text-size-adjust:100%}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
body{margin:0;background:var(--bg);color:var(--text);font:15px/1.6 Inter,ui-sans-serif,system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue","Noto Sans",Arial,sans-serif;font-variant-numeric:tabular-nums;text-rendering:optimizeLegibility;overflow-wrap:anywhere}
table,.tick{overflow-wrap:normal}
table code{overflow-wrap:break-word}
code,pre{font-family:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.87em}
code{overflow-wrap:anywhere}
a{color:var(--accent);text-decoration:none}
a:hover{text-decoration:underline}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
p{margin:0 0 12px}
.muted{color:var(--faint)}
.on-paper{display:none}
.skip{position:absolute;left:-999px}
.skip:focus{left:16px;top:12px;z-index:9;background:var(--bg);padding:8px 12px;border-radius:6px}
.topbar{position:sticky;top:0;z-index:5;display:flex;align-items:center;gap:16px;height:52px;padding:0 clamp(16px,3vw,32px);background:var(--bg);border-bottom:1px solid var(--line)}
.brand{font-weight:650;letter-spacing:-.01em;margin-right:auto}
.brand::before{content:"";display:inline-block;width:9px;height:9px;margin-right:9px;border:2.5px solid var(--accent);border-radius:50%;vertical-align:-1px}
button{font:inherit;font-size:13px;color:var(--soft);background:var(--card);border:1px solid var(--line);border-radius:6px;padding:3px 10px;cursor:pointer}
button:hover{color:var(--text);border-color:var(--faint)}
.menu{position:relative;font-size:13px}
.menu summary{cursor:pointer;color:var(--soft);list-style:none;padding:3px 10px;border:1px solid var(--line);border-radius:6px}
.menu summary::-webkit-details-marker{display:none}
.menu ol{position:absolute;right:0;top:36px;width:260px;margin:0;padding:8px;list-style:none;background:var(--card);border:1px solid var(--line);border-radius:10px;box-shadow:0 8px 28px rgba(0,0,0,.16)}
.menu a{display:block;padding:7px 10px;border-radius:6px;color:var(--text)}
.layout{display:grid;grid-template-columns:minmax(0,1fr);max-width:1320px;margin:0 auto;padding:0 clamp(16px,3vw,32px)}
.toc{display:none}
main{min-width:0;max-width:1000px;padding-bottom:96px}
@media (min-width:1120px){
.menu{display:none}
.layout{grid-template-columns:208px minmax(0,1fr);gap:56px}
.toc{display:block;position:sticky;top:52px;align-self:start;max-height:calc(100vh - 52px);overflow:auto;padding:44px 0 24px;font-size:13px;line-height:1.45}
.toc ol{list-style:none;margin:0;padding:0}
.toc a{display:block;padding:5px 12px;color:var(--faint);border-left:2px solid var(--line)}
.toc a:hover{color:var(--text);text-decoration:none}
.toc a[aria-current]{color:var(--accent);border-left-color:var(--accent);font-weight:550}
}
h1,h2,h3,h4{line-height:1.25;letter-spacing:-.012em;margin:0;text-wrap:balance}
h1{font-size:clamp(25px,3.1vw,36px);line-height:1.18;font-weight:650;letter-spacing:-.022em;max-width:24em}
h2{font-size:23px;font-weight:640;letter-spacing:-.018em;margin-bottom:20px}
h3{font-size:16px;font-weight:620;margin:36px 0 12px}
h4{font-size:14.5px;font-weight:620;margin:24px 0 8px}
section{padding-top:56px}
section+section{margin-top:56px;border-top:1px solid var(--line)}
.hero{padding-top:44px}
.hero+section{padding-top:36px}
.eyebrow{display:flex;flex-wrap:wrap;align-items:center;gap:8px;margin-bottom:16px;font-size:13px}
.verdict,.sev,.pill{display:inline-block;font-size:12.5px;font-weight:600;line-height:1;padding:5px 9px;border-radius:999px;white-space:nowrap;color:var(--faint);background:var(--muted-bg)}
.pill{font-weight:550}
.good{color:var(--good)}.warn{color:var(--warn)}.bad{color:var(--bad)}
.verdict.good,.pill.good,.sev.good{background:var(--good-bg)}
.verdict.warn,.pill.warn,.sev.warn{background:var(--warn-bg)}
.verdict.bad,.pill.bad{background:var(--bad-bg)}
.sev.bad{color:#fff;background:#b3261e}
.system{color:var(--faint)}
.window{display:flex;flex-wrap:wrap;gap:2px 20px;margin:14px 0 0;color:var(--faint);font-size:13.5px}
.lead{font-size:17px;line-height:1.6;color:var(--soft);max-width:46em}
.facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,150px),1fr));margin:28px 0;border:1px solid var(--line);border-radius:12px;overflow:hidden;background:var(--line);gap:1px}
.fact{background:var(--card);padding:16px 18px}
.fact dt{font-size:12.5px;color:var(--faint);margin-bottom:2px}
.fact dd{margin:0;font-size:22px;font-weight:620;letter-spacing:-.015em;line-height:1.3}
.sub{display:block;font-size:12.5px;font-weight:400;letter-spacing:0;color:var(--faint);line-height:1.5}
.meter{display:block;height:5px;border-radius:3px;background:var(--muted-bg);overflow:hidden;margin-top:9px}
.meter span{display:block;height:100%;border-radius:3px;background:var(--accent)}
.two,.grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:16px}
.grid{grid-template-columns:repeat(auto-fill,minmax(min(100%,400px),1fr))}
.three{grid-template-columns:repeat(auto-fit,minmax(min(100%,270px),1fr))}
.card{background:var(--card);border:1px solid var(--line);border-radius:12px;padding:20px;margin:0;box-shadow:var(--shadow);min-width:0}
.card>h3:first-child{margin:0 0 10px;font-size:13px;font-weight:600;letter-spacing:0;color:var(--faint)}
.card>:last-child{margin-bottom:0}
.big{font-size:18px;font-weight:620;letter-spacing:-.012em;line-height:1.35;margin-bottom:8px}
.cause .minor{font-size:14px;color:var(--soft)}
.list{margin:0 0 12px;padding-left:20px}
.list li{margin:5px 0;padding-left:3px}
.list li::marker{color:var(--faint)}
.label{font-weight:600;font-size:13px;color:var(--soft)}
.call{margin:14px 0 0;font-size:13.5px}
.call+.call{margin-top:2px}
.ref{display:inline-block;margin-left:3px;padding:0 5px;font-size:11px;font-weight:600;line-height:17px;border-radius:4px;background:var(--accent-soft);color:var(--accent);vertical-align:1px}
)css";

constexpr std::string_view kParts = R"css(
.scroll{overflow-x:auto;margin:0 0 16px;border:1px solid var(--line);border-radius:12px;background:var(--card)}
table{border-collapse:collapse;width:100%;font-size:13.5px;line-height:1.45}
th,td{padding:10px 12px;text-align:left;vertical-align:top;font-weight:400}
thead th{font-size:12px;font-weight:600;color:var(--faint);background:var(--panel);border-bottom:1px solid var(--line)}
tbody tr+tr>*{border-top:1px solid var(--grid)}
tbody th{font-weight:550;min-width:130px}
.num{text-align:right}td.num{white-space:nowrap}.nw{white-space:nowrap}
.component header{display:flex;justify-content:space-between;align-items:center;gap:12px}
.component h4{margin:0;font-size:16px}
.resource{font-size:12.5px;color:var(--faint);margin:3px 0 12px}
.why{font-weight:550}
.component .list{font-size:14px}
.pairs{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:5px 18px;margin:14px 0;font-size:13px}
.pairs dt{color:var(--faint)}
.pairs dd{margin:0;overflow-wrap:anywhere}
.chart{padding:16px 18px 14px;position:relative}
.chart figcaption{display:flex;justify-content:space-between;align-items:center;gap:12px}
.chart .name{font-weight:600;font-size:14px}
.chart .of{font-weight:400;color:var(--faint);margin-left:4px}
.total{white-space:nowrap;font-size:18px;font-weight:620;letter-spacing:-.01em}
.reading{margin:2px 0 6px;font-size:12.5px;color:var(--faint);min-height:20px}
.reading b{font-weight:600;color:var(--text)}
.chart .claim{margin:10px 0 0;padding-top:9px;border-top:1px solid var(--grid);font-size:13px;line-height:1.5}
.under{margin:4px 0 0;font-size:12px;color:var(--faint)}
.empty{margin:24px 0;text-align:center;color:var(--faint);font-size:13.5px}
svg{display:block;width:100%;height:auto;overflow:visible}
.bars{margin-top:10px}
.tick{font-size:11px;fill:var(--faint)}
.grid line.grid,line.grid{stroke:var(--grid);stroke-width:1}
.win{fill:var(--win)}
.line{fill:none;stroke-width:1.6;stroke-linejoin:round;stroke-linecap:round}
.line.s1{stroke:var(--s1)}.line.s2{stroke:var(--s2);stroke-width:1.2}.line.s3{stroke:var(--s3);stroke-width:1.2}
.dot.s1{fill:var(--s1)}.dot.s2{fill:var(--s2)}.dot.s3{fill:var(--s3)}
.area{fill:var(--s1);opacity:.08}
.level{stroke-width:1;stroke-dasharray:4 3}
.level.high{stroke:var(--bad)}.level.base{stroke:var(--faint);stroke-dasharray:1 3;stroke-linecap:round}
.mark{font-size:10.5px;font-weight:550}.mark.high{fill:var(--bad)}.mark.onset{fill:var(--warn)}
line.onset{stroke:var(--warn);stroke-width:1.3}
.cursor{visibility:hidden;pointer-events:none}
.cursor line{stroke:var(--faint);stroke-width:1}.cursor circle{fill:var(--s1);stroke:var(--card);stroke-width:1.5}
.plot.on .cursor{visibility:visible}
.bar{fill:var(--s2)}.bar.in{fill:var(--s1)}
.legend{display:flex;flex-wrap:wrap;gap:2px 14px}
.key::before{content:"";display:inline-block;width:12px;height:0;margin-right:6px;vertical-align:3px;border-top:2px solid var(--s1)}
.key.s2::before{border-color:var(--s2)}.key.s3::before{border-color:var(--s3)}
.key.base::before{border-top:2px dotted var(--faint)}
.lanes{overflow-x:auto;margin-bottom:24px;padding:14px 18px 6px;border:1px solid var(--line);border-radius:12px;background:var(--card)}
.lanes svg{min-width:680px}
.lane{stroke:var(--line)}
.lane-name{font-size:13px;font-weight:550;fill:var(--text)}
.tmark{stroke:var(--card);stroke-width:1.5}
.tmark text{font-size:10.5px;font-weight:700;fill:var(--bg);stroke:none}
.k-change{fill:var(--change)}.k-onset{fill:var(--warn)}.k-symptom,.k-peak{fill:var(--bad)}.k-recovery{fill:var(--good)}.k-state{fill:var(--faint)}
.lanes a:hover .tmark{opacity:.8}
.events{list-style:none;margin:0;padding:0}
.events li{display:grid;grid-template-columns:26px 112px minmax(0,1fr);gap:14px;align-items:start;padding:11px 12px;border-radius:8px}
.events li+li{border-top:1px solid var(--grid)}
.events svg{width:26px}
.when{font-weight:600;font-size:14px;line-height:1.4}
.what .kind{font-size:12.5px;font-weight:600;color:var(--soft)}
.what .where{font-size:12px;color:var(--faint);margin-right:6px}
.events li:target,.ev:has(:target),.hypothesis:has(:target){background:var(--accent-soft)}
.hypothesis{padding:0;margin-bottom:12px}
.hypothesis summary{display:grid;grid-template-columns:auto minmax(0,1fr) auto 120px 48px 10px;gap:14px;align-items:center;padding:15px 20px;cursor:pointer;list-style:none}
.hypothesis summary::-webkit-details-marker,.ev summary::-webkit-details-marker{display:none}
.hypothesis .rank{font-size:13px;color:var(--faint)}
.hypothesis .title{font-weight:600}
.hypothesis .meter{margin:0}
.percent{font-weight:620;text-align:right;white-space:nowrap}
.hypothesis .body{padding:4px 20px 18px;border-top:1px solid var(--grid);scroll-margin-top:130px}
.hypothesis .body>p:first-child{margin-top:14px}
.meta{font-size:13px;color:var(--faint)}
.terms{margin:14px 0}
.terms thead th{background:none;padding-left:0;padding-right:0}
.terms tbody th{font-weight:400;padding-left:0}
.terms td.num{padding-right:0;width:70px}
.terms .mid{text-align:center;width:190px}
.odds{position:relative;width:190px}
.odds::before{content:"";position:absolute;left:50%;top:0;bottom:0;width:1px;background:var(--line)}
.odds span{position:absolute;top:50%;height:10px;margin-top:-5px;border-radius:2px}
.pro{left:50%;background:var(--s1)}.con{right:50%;background:var(--warn)}.pro.prior,.con.prior{background:var(--faint);opacity:.55}
.check{margin:12px 0;padding:14px 16px;border-radius:10px;background:var(--panel);border:1px solid var(--line)}
.check>:last-child{margin-bottom:0}
.cmd-label{margin:10px 0 4px;font-size:12px;font-weight:600;color:var(--faint)}
.cmd{position:relative;margin:0 0 10px}
pre{margin:0 0 12px;padding:11px 14px;border:1px solid var(--line);border-radius:8px;background:var(--panel);white-space:pre-wrap;overflow-wrap:anywhere;line-height:1.55}
.check pre{background:var(--card)}
.cmd pre{margin:0;padding-right:74px}
.copy{position:absolute;top:7px;right:7px;font-size:12px;padding:2px 9px}
.ev{border-top:1px solid var(--line)}
.ev:last-child{border-bottom:1px solid var(--line)}
.ev summary{display:grid;grid-template-columns:40px 58px minmax(0,1fr) 12px;gap:10px;align-items:baseline;padding:12px 10px;cursor:pointer;list-style:none}
.ev summary::after,.hypothesis summary::after{content:"";width:7px;height:7px;border:solid var(--faint);border-width:0 1.5px 1.5px 0;transform:translateY(-2px) rotate(45deg)}
.ev[open] summary::after,.hypothesis[open] summary::after{transform:translateY(2px) rotate(-135deg)}
.ev summary:hover{background:var(--panel)}
.ev .id{font-weight:620;color:var(--accent)}
.ev .kind{font-size:12px;color:var(--faint)}
.ev .title{font-weight:500}
.ev .body{padding:0 10px 14px 60px;scroll-margin-top:120px}
.ev .pairs{margin-top:2px}
@media (max-width:640px){
.hypothesis summary{grid-template-columns:auto minmax(0,1fr) 44px 10px}
.hypothesis summary .meter{grid-column:2/4;grid-row:3}
.hypothesis summary .pill{grid-column:2/4;grid-row:2;justify-self:start}
.events li{grid-template-columns:26px minmax(0,1fr);gap:3px 14px}
.events .what{grid-column:2}
.ev .body{padding-left:10px}
.terms .mid{display:none}.odds{display:none}
.card{padding:16px}
section+section{margin-top:40px}
}
@media print{
@page{margin:14mm 13mm}
body{font-size:10.5pt;background:#fff}
.topbar,.toc,.copy,.skip,.theme,.hint{display:none!important}
.layout{display:block;padding:0;max-width:none}
main{max-width:none;padding:0}
h1{font-size:20pt}
section,section+section{padding-top:14pt;margin-top:14pt}
.hero{padding-top:0}
.hero+section{padding-top:12pt;margin-top:0}
.lead{font-size:11pt;line-height:1.45;margin-bottom:4pt}
.facts{margin:10pt 0}
.fact{padding:7pt 9pt}
.fact dd{font-size:14pt}
.cmd,.events li,tr,.facts,figure{break-inside:avoid}
.two,.three,.grid{display:block}
.card{break-inside:auto;padding:9pt 11pt;margin:0 0 8pt;box-shadow:none}
.grid:has(figure){display:grid;gap:8pt}
.grid figure.card{break-inside:avoid;margin:0}
.on-paper{display:block}
.on-paper~.ev{display:none}
h2,h3,h4,figcaption,.ev summary,.cmd-label{break-after:avoid}
.hypothesis{break-inside:auto}
.scroll,.lanes{overflow:visible}
.grid:has(figure){grid-template-columns:1fr 1fr 1fr}
.chart .claim,.under,.bars .under{display:none}
table{font-size:8.5pt}
th,td{padding:5px 7px}
thead th{white-space:normal}
tbody th{min-width:0}
.lanes svg{min-width:0}
a{color:inherit}
details::details-content{display:block;content-visibility:visible;height:auto}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
)css";

}  // namespace

std::string_view style() {
  static const std::string text = [] {
    std::string out(kColours.substr(1));
    const std::string dark(kDark.substr(1));
    out += "@media screen and (prefers-color-scheme:dark){:root:not([data-theme=light]){" + dark + "}}\n";
    out += "@media screen{:root[data-theme=dark]{" + dark + "}}\n";
    out += kPage.substr(1);
    out += kParts.substr(1);
    return out;
  }();
  return text;
}

}  // namespace culprit::html
