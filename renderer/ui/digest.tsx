import { bridge } from '../host/host.ts';
import { CopyButton } from './button.tsx';
import { shortId } from './format.ts';
import { Tag } from './status.tsx';
import { Tooltip } from './tooltip.tsx';

/** A digest or id: short, whole in its tooltip, whole when copied. */
export function Digest({
  value,
  chars = 8,
  kind = 'digest',
}: {
  value: string;
  chars?: number;
  kind?: 'digest' | 'id';
}) {
  const [, prefix = '', hex = value] = /^(sha256:)?(.*)$/s.exec(value) ?? [];
  const short = kind === 'id' ? shortId(value) : `${prefix}${hex.slice(0, chars)}`;
  return (
    <span className="inline-flex min-w-0 items-center gap-0.5">
      <Tooltip text={value}>
        <button type="button" onClick={() => bridge.copy(value)} className="inline-flex h-6 items-center rounded-1">
          <Tag>{short}</Tag>
        </button>
      </Tooltip>
      <CopyButton text={value} label={kind === 'id' ? 'Copy the id' : 'Copy the digest'} />
    </span>
  );
}
