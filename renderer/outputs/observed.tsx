import { Fragment } from 'react';
import { type Box, type BoxRole, byScore, scoreText } from './boxes.ts';

const maxQuoted = 6;
const maxCharacters = 80;

/** What came, in one line: the boxes by score, else the beginning of the output's text. */
export function Observed({
  boxes,
  roles,
  text,
}: {
  boxes: readonly Box[];
  roles: readonly BoxRole[];
  text: string | undefined;
}) {
  if (boxes.length === 0) {
    if (text === undefined) return null;
    const short = text.length > maxCharacters ? `${text.slice(0, maxCharacters)}…` : text;
    return <code className="break-all text-11 group-data-after/expectation:text-fg-3">{short}</code>;
  }
  const order = byScore(boxes);
  const left = order.length - maxQuoted;
  return (
    <>
      {order.slice(0, maxQuoted).map((index, at) => (
        <Fragment key={index}>
          {at > 0 && ', '}
          {roles[index] === 'plain' ? boxText(boxes[index]) : <b className="font-semibold">{boxText(boxes[index])}</b>}
        </Fragment>
      ))}
      {left > 0 && `, and ${left} more`}
    </>
  );
}

/** `dog .43`. */
export function boxText(box: Box | undefined): string {
  if (box === undefined) return '';
  return [box.name || 'box', ...(box.score === null ? [] : [scoreText(box.score)])].join(' ');
}
