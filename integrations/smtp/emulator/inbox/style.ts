/** The look of the inbox: two columns on a wide screen, one on a phone, light and dark. */
export const style = `
:root {
  color-scheme: light dark;
  --page: light-dark(#f3f4f7, #101319);
  --card: light-dark(#ffffff, #181c25);
  --line: light-dark(#dde1e8, #2c3340);
  --text: light-dark(#1a2030, #e9ecf2);
  --soft: light-dark(#5a6478, #9aa5b8);
  --accent: light-dark(#2556c7, #8fb2ff);
  --tint: light-dark(#e8eefc, #222d47);
  --good: light-dark(#17643a, #8ddcae);
  --good-tint: light-dark(#e2f4e9, #17332a);
  --bad: light-dark(#9b1c2c, #ffa3ad);
  --bad-tint: light-dark(#fde8ea, #3d1f27);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", sans-serif;
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); min-height: 100vh; }
a { color: var(--accent); }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; border-radius: 6px; }
h1, h2, p, dl, dd, ol, ul { margin: 0; padding: 0; }
.soft { color: var(--soft); }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: .6rem; z-index: 2; background: var(--card); padding: .4rem .8rem; }

.top { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.25rem; padding: .7rem 1.25rem; background: var(--card); border-bottom: 1px solid var(--line); }
.top .name { font-weight: 700; font-size: 1.1rem; color: inherit; text-decoration: none; }
.top form { display: flex; gap: .5rem; flex: 1 1 16rem; max-width: 30rem; }
.top input { flex: 1; min-width: 0; font: inherit; color: inherit; background: var(--page); border: 1px solid var(--line); border-radius: 8px; padding: .35rem .7rem; }
.top button { font: inherit; color: var(--accent); background: none; border: 1px solid var(--line); border-radius: 8px; padding: .35rem .8rem; cursor: pointer; }
.top nav { margin-left: auto; }
#notice { color: var(--bad); font-size: .9rem; }
#notice:empty { display: none; }

.panes { display: grid; grid-template-columns: minmax(19rem, 25rem) minmax(0, 1fr); height: calc(100vh - 3.6rem); }
.list { overflow-y: auto; border-right: 1px solid var(--line); background: var(--card); }
.list ol { list-style: none; }
.list li { border-bottom: 1px solid var(--line); }
.list li a { display: grid; grid-template-columns: .6rem minmax(0, 1fr) auto; gap: 0 .6rem; padding: .7rem 1rem; color: var(--text); text-decoration: none; }
.list li a:hover { background: var(--page); }
.list li a:focus-visible { outline-offset: -3px; }
.list li a[aria-current] { background: var(--tint); box-shadow: inset 3px 0 var(--accent); }
.list .dot { width: .55rem; height: .55rem; border-radius: 50%; margin-top: .5rem; background-color: var(--accent); }
.list li a:visited .dot, .list li a[aria-current] .dot { background-color: var(--line); }
.list .to { font-weight: 600; }
.list .to, .list .subject, .list .from { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.list .subject, .list .from { grid-column: 2 / -1; }
.list .subject { display: flex; gap: .5rem; align-items: center; justify-content: space-between; }
.list .subject span:first-child { overflow: hidden; text-overflow: ellipsis; }
.list time, .list .from { color: var(--soft); font-size: .85rem; }
.list time { line-height: 1.75; }
.more, .empty { padding: 1rem; }
.empty { color: var(--soft); }
.empty strong { color: var(--text); display: block; }

.badge { flex: none; font-size: .75rem; font-weight: 600; border-radius: 99px; padding: .05rem .55rem; background: var(--good-tint); color: var(--good); }
.badge.cancel { background: var(--bad-tint); color: var(--bad); }

main { overflow-y: auto; padding: 1.5rem clamp(1rem, 3vw, 2.5rem) 3rem; }
.nothing { display: grid; place-content: center; min-height: 60%; text-align: center; color: var(--soft); }
.mail { max-width: 56rem; margin: 0 auto; display: grid; grid-template-columns: minmax(0, 1fr); gap: 1rem; }
.mail h1 { font-size: 1.4rem; line-height: 1.3; overflow-wrap: anywhere; }
.back { display: none; }
dl.facts { display: grid; grid-template-columns: auto minmax(0, 1fr); gap: .1rem 1rem; font-size: .95rem; }
dl.facts dt { color: var(--soft); }
dl.facts dd { overflow-wrap: anywhere; white-space: pre-line; }
.appointment { background: var(--good-tint); border-radius: 10px; padding: .8rem 1rem; }
.appointment.cancel { background: var(--bad-tint); }
.appointment strong { display: block; }
.tabs { display: flex; flex-wrap: wrap; gap: .25rem; border-bottom: 1px solid var(--line); }
.tabs a { padding: .5rem .9rem; color: var(--soft); text-decoration: none; border-bottom: 3px solid transparent; margin-bottom: -1px; }
.tabs a:hover { color: var(--text); }
.tabs a[aria-current] { color: var(--text); font-weight: 600; border-bottom-color: var(--accent); }
.paper { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 1.1rem 1.25rem; overflow-wrap: anywhere; }
.paper + .paper { margin-top: 1rem; }
.paper h2 { font-size: 1.1rem; margin-bottom: .6rem; }
iframe { display: block; width: 100%; height: 65vh; border: 1px solid var(--line); border-radius: 10px; background: #fff; color-scheme: light; }
pre { margin: 0; white-space: pre-wrap; overflow-wrap: anywhere; font: .875rem/1.55 ui-monospace, "SF Mono", Consolas, monospace; }
pre.words { font: inherit; }
.files { list-style: none; display: flex; flex-wrap: wrap; gap: .5rem; }
.files a { display: block; border: 1px solid var(--line); border-radius: 8px; padding: .35rem .8rem; background: var(--card); text-decoration: none; }

@media (max-width: 50rem) {
  .panes { display: block; height: auto; }
  .list { border-right: 0; }
  .list, main { overflow-y: visible; }
  .reading .list, .browsing main { display: none; }
  .back { display: inline-block; padding: .3rem 0; }
  .list li a { padding: .85rem 1rem; }
  .tabs { gap: 0; }
  .tabs a { padding: .5rem .5rem; font-size: .95rem; }
  .top { padding: .6rem 1rem; }
  .top form { order: 1; flex-basis: 100%; max-width: none; }
  main { padding: .75rem 1rem 2.5rem; }
}
`;
