const boxes = [
  { x: 1, name: 'in', box: 'stroke-line-control', text: 'fill-fg-2' },
  { x: 112, name: 'cut', box: 'stroke-accent', text: 'fill-fg' },
  { x: 223, name: 'out', box: 'stroke-line-control [stroke-dasharray:4_4]', text: 'fill-fg-2' },
] as const;

/** Three vertices, of which the middle one is under test. */
export function EmptyArt() {
  return (
    <svg width="296" height="72" viewBox="0 0 296 72" aria-hidden="true" fill="none" strokeWidth="1.5">
      {boxes.map(({ x, name, box, text }) => (
        <g key={name}>
          <rect x={x} y="12" width="72" height="48" rx="8" className={box} />
          <text x={x + 36} y="40" textAnchor="middle" className={`font-mono text-12 ${text}`}>
            {name}
          </text>
        </g>
      ))}
      <path
        d="M73 36h35M184 36h35M104 32l5 4-5 4M215 32l5 4-5 4"
        className="stroke-line-control"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
