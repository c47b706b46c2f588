// The look of the component, in one sheet. Every colour and size is a custom property that a site may set:
// `--saoma-brand`, `--saoma-surface` and so on; light and dark have values of their own.
//
// Which of the two shows is the page's own `color-scheme`, so that a page that is always light stays light for
// visitors whose system is dark: the component has no ground of its own. `theme` says it by hand.

/** A colour in light and in dark. */
type Pair = readonly [light: string, dark: string];

const PAIRS: Record<string, Pair> = {
  surface: ["#fffefb", "#1a1e1b"],
  sunken: ["#edeae1", "#232824"],
  line: ["#e0dbcf", "#2e342f"],
  "line-strong": ["#8a8477", "#78817a"],
  text: ["#1e2421", "#e8ebe6"],
  "text-muted": ["#59615b", "#a5aea7"],
  accent: ["var(--brand)", "#67c39c"],
  "accent-strong": ["var(--brand)", "#8ad7b6"],
  "accent-soft": ["var(--sunken)", "var(--sunken)"],
  "on-accent": ["var(--on-brand)", "#0b1711"],
  good: ["#1a7a48", "#6fcf97"],
  "good-soft": ["#e0f1e6", "#173324"],
  warn: ["#8f5200", "#ecb765"],
  "warn-soft": ["#fbeed7", "#3a2c14"],
  bad: ["#b0342a", "#f2938a"],
  "bad-soft": ["#fbe6e2", "#3c1f1c"],
  focus: ["#1b62c9", "#8ab8ff"],
};

/** Where colours can be mixed, all accents follow the brand. */
const MIXED: Record<string, Pair> = {
  accent: ["var(--brand)", "color-mix(in oklab, var(--brand), white 46%)"],
  "accent-strong": ["color-mix(in oklab, var(--brand), black 22%)", "color-mix(in oklab, var(--brand), white 60%)"],
  "accent-soft": ["color-mix(in oklab, var(--brand) 12%, var(--surface))", "color-mix(in oklab, var(--brand) 34%, var(--surface))"],
};

const set = (pairs: Record<string, Pair>, value: (pair: Pair) => string) =>
  Object.entries(pairs).map(([name, pair]) => `--${name}: var(--saoma-${name}, ${value(pair)});`).join(" ");
const light = (pairs: Record<string, Pair>) => set(pairs, ([light]) => light);
const dark = (pairs: Record<string, Pair>) => set(pairs, ([, dark]) => dark);
const both = (pairs: Record<string, Pair>) => set(pairs, ([light, dark]) => `light-dark(${light}, ${dark})`);

// A browser that knows one scheme at a time shows light, unless `theme` says dark.
const SCHEMES = `
.root { ${light(PAIRS)} --chosen: var(--surface); }
:host([theme="light"]) .root { color-scheme: light; }
:host([theme="dark"]) .root { color-scheme: dark; ${dark(PAIRS)} --chosen: var(--accent-soft); }
@supports (color: light-dark(red, red)) {
  .root, :host([theme="dark"]) .root { ${both(PAIRS)} --chosen: light-dark(var(--surface), var(--accent-soft)); }
  @supports (color: color-mix(in oklab, red, blue)) { .root, :host([theme="dark"]) .root { ${both(MIXED)} } }
}
`;

export const STYLE = `
:host { display: block; }
:host([hidden]), [hidden] { display: none !important; }
*, *::before, *::after { box-sizing: border-box; }
.root {
  --brand: var(--saoma-brand, var(--client-brand, #0a7d55));
  --on-brand: var(--saoma-on-brand, var(--client-on-brand, #ffffff));
  --radius: var(--saoma-radius, 0.875rem);
  --size: var(--saoma-code-size, 17.5rem);
  color: var(--text);
  font: 1rem / 1.6 var(--saoma-font, system-ui, -apple-system, "PingFang SC", "Microsoft YaHei", "Noto Sans CJK SC", sans-serif);
  text-align: center;
}
${SCHEMES}
h2, p { margin: 0; }
svg { display: block; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 3px; }
.spoken { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.fine { color: var(--text-muted); font-size: 0.8125rem; }
.fine code { font: 0.92em ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }

.ways { display: grid; grid-auto-rows: 1fr; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 0.25rem; max-width: 26rem; margin: 0 auto 1rem; padding: 0.25rem; border-radius: 1.6rem; background: var(--sunken); }
.ways:has(> :nth-child(3):last-child) { grid-template-columns: repeat(3, minmax(0, 1fr)); }
.ways button { min-height: 2.5rem; padding: 0.25rem 0.5rem; border: 0; border-radius: 1.25rem; background: none; color: var(--text-muted); font: inherit; font-size: 0.875rem; font-weight: 500; line-height: 1.15; cursor: pointer; }
.ways button:hover { color: var(--text); }
.ways button[aria-selected="true"] { background: var(--chosen); color: var(--text); box-shadow: 0 1px 2px rgb(0 0 0 / 8%), 0 2px 8px rgb(0 0 0 / 6%); }
.ways[data-single] { display: block; width: fit-content; padding: 0.3rem 1rem; background: var(--accent-soft); color: var(--accent-strong); font-size: 0.8125rem; font-weight: 600; }

.frame { position: relative; display: grid; place-items: center; width: min(var(--size), 100%); aspect-ratio: 1; margin: 0 auto; }
.frame > * { grid-area: 1 / 1; }
.ring { position: absolute; inset: 0; width: 100%; height: 100%; fill: none; stroke-width: 4; stroke-linecap: round; }
.ring-track { stroke: var(--line); }
.ring-left { stroke: var(--accent); stroke-dasharray: 100; stroke-dashoffset: 100; transition: stroke-dashoffset 250ms linear, stroke 420ms; }
.is-short .ring-left { stroke: var(--bad); }
.root:not(.is-timed) .ring-left { visibility: hidden; }
.code { width: 92%; height: 92%; object-fit: contain; border-radius: var(--radius); background: #fff; transition: opacity 420ms, filter 420ms; animation: arrive 420ms ease-out; -webkit-touch-callout: default; }
.root:not([data-state="code"]) .code { opacity: 0.1; filter: blur(5px) grayscale(1); pointer-events: none; }
.sign { position: relative; display: grid; place-items: center; width: 7rem; height: 7rem; border-radius: 50%; animation: arrive 420ms cubic-bezier(0.2, 1.3, 0.4, 1); }
.sign svg { width: 4rem; fill: none; stroke: currentColor; stroke-width: 3.4; stroke-linecap: round; stroke-linejoin: round; }
.accent { background: var(--accent-soft); color: var(--accent); }
.good { background: var(--good-soft); color: var(--good); }
.warn { background: var(--warn-soft); color: var(--warn); }
.bad { background: var(--bad-soft); color: var(--bad); }
.plain { background: var(--sunken); color: var(--text-muted); }
.accent.waits::after { content: ""; position: absolute; inset: 0; border: 2px solid var(--accent); border-radius: 50%; animation: wave 2s ease-out infinite; }
.tick { stroke-dasharray: 1; animation: draw 500ms 120ms ease-out backwards; }
.sketch { position: relative; width: 76%; height: 76%; }
.sketch::before { content: ""; position: absolute; inset: 0; border-radius: 0.5rem; background: radial-gradient(circle, var(--line) 34%, transparent 38%) 0 0 / 10% 10%; animation: breathe 1.4s 500ms ease-in-out infinite alternate; }
.sketch i { position: absolute; width: 27%; height: 27%; border: 0.5rem solid var(--line); border-radius: var(--radius); background: var(--surface); box-shadow: 0 0 0 0.375rem var(--surface); }
.sketch i:nth-child(1) { left: 0; top: 0; }
.sketch i:nth-child(2) { right: 0; top: 0; }
.sketch i:nth-child(3) { left: 0; bottom: 0; }

/* Beside a number the code gives way a little, so that all stays in one view. */
.root:has(.number:not([hidden])) { --size: min(var(--saoma-code-size, 17.5rem), 14.5rem); }
.number { display: flex; align-items: center; justify-content: center; gap: 0.75rem; margin-top: 0.75rem; text-align: left; }
.number b { padding: 0.1em 0.35em; border-radius: var(--radius); background: var(--accent-soft); color: var(--accent-strong); font-size: 2.75rem; line-height: 1.15; letter-spacing: 0.08em; font-variant-numeric: tabular-nums; }
.number span { max-width: 11em; font-size: 0.875rem; }
.root[data-state="digits"] { --size: min(var(--saoma-code-size, 17.5rem), 10rem); }
.digits { display: grid; justify-items: center; gap: 0.5rem; margin-top: 1rem; }
.digits label { font-size: 0.875rem; font-weight: 600; }
.digits input { width: 10.5rem; max-width: 100%; min-height: 3.25rem; padding: 0 0.5rem; border: 1px solid var(--line-strong); border-radius: var(--radius); background: var(--surface); color: var(--text); font: inherit; font-size: 1.75rem; font-weight: 600; line-height: 1.15; letter-spacing: 0.12em; text-align: center; font-variant-numeric: tabular-nums; }
.digits input[aria-invalid="true"] { border: 2px solid var(--bad); }
.digits .wrong { max-width: 22em; color: var(--bad); font-size: 0.875rem; text-wrap: balance; }
.digits .wrong:empty { display: none; }
.digits .button { min-width: 10.5rem; margin-top: 0.25rem; }
.time { display: inline-flex; gap: 0.5rem; align-items: baseline; margin-top: 0.75rem; color: var(--text-muted); font-size: 0.875rem; }
.time b { min-width: 2.6em; color: var(--text); font-variant-numeric: tabular-nums; text-align: left; }
.below { min-height: var(--saoma-words-height, 9.25rem); }
.words { margin-top: 0.5rem; }
.root:not(.is-timed) .words { margin-top: 1.5rem; }
.words h2 { font-size: 1.125rem; font-weight: 600; line-height: 1.25; text-wrap: balance; }
.words p { margin: 0.25rem auto 0; max-width: 25em; color: var(--text-muted); text-wrap: balance; }
.words .fine { margin-top: 0.5rem; }
.actions { display: grid; justify-items: center; gap: 0.25rem; margin-top: 1rem; }
.actions:not(:has(> :not([hidden]))) { display: none; }
.button { display: inline-flex; align-items: center; justify-content: center; min-height: 2.875rem; padding: 0 1.5rem; border: 0; border-radius: 999px; background: var(--accent); color: var(--on-accent); font: inherit; font-weight: 600; line-height: 1.15; text-decoration: none; cursor: pointer; transition: background-color 160ms; }
.button:hover { background: var(--accent-strong); }
.button.quiet { min-height: 2.25rem; padding: 0 1rem; background: none; color: var(--text-muted); font-size: 0.875rem; font-weight: 500; text-decoration: underline; text-underline-offset: 0.2em; }
.button.quiet:hover { background: var(--sunken); color: var(--text); }
.button:disabled { background: var(--sunken); color: var(--text-muted); cursor: default; }
.notice { max-width: 26rem; margin: 1rem auto 0; padding: 0.75rem 1rem; border-radius: var(--radius); background: var(--warn-soft); color: var(--warn); font-size: 0.875rem; text-wrap: balance; }
.same-phone { display: none; margin-top: 0.75rem; text-wrap: balance; }
@media (max-width: 52rem), (hover: none) { .same-phone { display: block; } }

@keyframes arrive { from { opacity: 0; transform: scale(0.92); } }
@keyframes wave { to { transform: scale(1.45); opacity: 0; } }
@keyframes breathe { from { opacity: 0.45; } }
@keyframes draw { from { stroke-dashoffset: 1; } to { stroke-dashoffset: 0; } }
@media (prefers-reduced-motion: reduce) {
  *, *::before, *::after { animation: none !important; transition: none !important; }
}
`;
