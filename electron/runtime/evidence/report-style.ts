/** The report's whole appearance; it opens anywhere, so it brings no font and no script. */
export const reportStyle = `
:root { color-scheme: light dark; --bg: #fbfbfc; --pane: #fff; --sunken: #f4f4f6; --line: #dcdce2; --text: #17171c; --text2: #55555f;
  --pass: #157a3c; --mismatch: #a8480b; --fail: #b3261e; --warn: #7a5b00; --err: #a3274f; --accent: #5b4bd6; }
@media (prefers-color-scheme: dark) { :root { --bg: #0d0d10; --pane: #141418; --sunken: #09090b; --line: #2b2b33; --text: #ececf0;
  --text2: #a4a4b0; --pass: #57d184; --mismatch: #f0955a; --fail: #ff7b72; --warn: #e0bb4c; --err: #f190b0; --accent: #a99cff; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--bg); color: var(--text); font: 13px/20px Inter, system-ui, -apple-system, "Segoe UI", sans-serif;
  font-variant-numeric: tabular-nums; }
main { max-width: 1080px; margin: 0 auto; padding: 24px 16px 64px; }
header { display: flex; gap: 16px; align-items: baseline; flex-wrap: wrap; padding-bottom: 16px; border-bottom: 1px solid var(--line); }
h1 { font-size: 20px; line-height: 28px; font-weight: 600; margin: 0; }
h2 { font-size: 14px; line-height: 20px; font-weight: 600; margin: 32px 0 8px; }
h3 { font-size: 16px; line-height: 24px; font-weight: 600; margin: 0; }
code, pre, .mono { font: 12px/20px "JetBrains Mono", ui-monospace, Menlo, Consolas, monospace; font-variant-ligatures: none; }
pre { margin: 8px 0 0; padding: 8px 12px; background: var(--sunken); overflow: auto; max-height: 420px; white-space: pre-wrap; overflow-wrap: anywhere; }
.status { font-weight: 600; white-space: nowrap; }
.pass { color: var(--pass); } .mismatch { color: var(--mismatch); } .fail { color: var(--fail); } .warn { color: var(--warn); }
.two { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 24px; }
@media (max-width: 760px) { .two, .case-body { grid-template-columns: minmax(0, 1fr); } }
.case { background: var(--pane); border: 1px solid var(--line); padding: 16px; margin-top: 12px; }
.case-head { display: flex; gap: 12px; align-items: baseline; justify-content: space-between; }
.case-body { display: grid; grid-template-columns: 280px minmax(0, 1fr); gap: 16px; margin-top: 12px; }
.case-body.no-picture { grid-template-columns: minmax(0, 1fr); }
img { max-width: 100%; display: block; border: 1px solid var(--line); }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: 4px 12px 4px 0; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--text2); font-weight: 500; font-size: 11px; line-height: 16px; }
ul { margin: 0; padding: 0; list-style: none; } li { padding: 4px 0; }
.muted { color: var(--text2); }
.stderr { color: var(--err); border-left: 3px solid var(--err); }
details { margin-top: 8px; } summary { cursor: pointer; } summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
`;
