import { Link, type LinkProps } from '@tanstack/react-router';
import { Check, Copy, LoaderCircle, type LucideIcon } from 'lucide-react';
import { type ReactNode, useEffect, useState } from 'react';
import { Button as AriaButton, TooltipTrigger } from 'react-aria-components';
import { bridge } from '../host/host.ts';
import { Kbd, TooltipBubble } from './tooltip.tsx';

type Variant = 'default' | 'primary' | 'ghost' | 'danger';
type Size = 's' | 'm' | 'l';

interface Look {
  variant?: Variant;
  /** 24, 28 or 32 px high. */
  size?: Size;
  icon?: LucideIcon;
  kbd?: string;
  isOn?: boolean;
}

export interface ButtonProps extends Look {
  /** A spinner in place of the icon; the label stays. */
  isBusy?: boolean;
  isDisabled?: boolean;
  /** Why it is off, and what would turn it on. */
  reason?: string;
  onPress?: () => void;
  children?: ReactNode;
  'aria-label'?: string;
  autoFocus?: boolean;
}

const base =
  'inline-flex flex-none items-center justify-center gap-1.5 whitespace-nowrap rounded-2 border font-medium transition-[background-color] duration-[var(--dur-1)] ease-out';
const sizes: Record<Size, string> = {
  s: 'h-6 px-2 text-12',
  m: 'h-7 px-2.5 text-12',
  l: 'h-8 px-3 text-13',
};
const variants: Record<Variant, string> = {
  default: 'border-line-strong bg-raised text-fg hover:bg-hover active:bg-active',
  primary:
    'border-ink bg-ink text-fg-inverse hover:bg-ink-hover [&_kbd]:border-fg-3 [&_kbd]:bg-transparent [&_kbd]:text-fg-inverse',
  ghost: 'border-transparent bg-transparent text-fg-2 hover:bg-hover active:bg-active',
  danger: 'border-line-strong bg-raised text-fail hover:bg-hover active:bg-active',
};
const off = 'border-line bg-hover text-fg-3';
const on = 'bg-active text-fg';
const edges: Record<Variant, string> = {
  default: 'border-line-strong',
  primary: 'border-ink',
  ghost: 'border-transparent',
  danger: 'border-line-strong',
};

function lookOf({ variant = 'default', size = 'm', isOn = false }: Look, isOff: boolean): string {
  return `${base} ${sizes[size]} ${isOff ? off : isOn ? `${edges[variant]} ${on}` : variants[variant]}`;
}

function Icon({ of: Shape }: { of: LucideIcon }) {
  return <Shape size={14} strokeWidth={2.1} aria-hidden />;
}

/** A button that does something here. One that is off stays focusable and says why. */
export function Button(props: ButtonProps) {
  const { icon, kbd, isOn, isBusy = false, isDisabled = false, reason, onPress, children } = props;
  const isOff = isDisabled || isBusy;
  const button = (
    <AriaButton
      className={lookOf(props, isDisabled)}
      aria-disabled={isOff || undefined}
      aria-label={props['aria-label']}
      aria-pressed={isOn}
      aria-busy={isBusy || undefined}
      autoFocus={props.autoFocus ?? false}
      onPress={() => {
        if (!isOff) onPress?.();
      }}
    >
      {isBusy ? (
        <LoaderCircle size={14} strokeWidth={2.1} className="animate-spin" aria-hidden />
      ) : (
        icon !== undefined && <Icon of={icon} />
      )}
      {children}
      {kbd !== undefined && <Kbd>{kbd}</Kbd>}
    </AriaButton>
  );
  if (!isDisabled || reason === undefined) return button;
  return (
    <TooltipTrigger delay={400} closeDelay={0}>
      {button}
      <TooltipBubble text={reason} />
    </TooltipTrigger>
  );
}

export interface IconButtonProps {
  icon: LucideIcon;
  /** Its name: for the tooltip and for readers of the screen. */
  label: string;
  kbd?: string;
  size?: 's' | 'm';
  isOn?: boolean;
  isDisabled?: boolean;
  onPress?: () => void;
}

/** A button of an icon alone, 24 or 28 px square. */
export function IconButton({
  icon: Shape,
  label,
  kbd,
  size = 's',
  isOn,
  isDisabled = false,
  onPress,
}: IconButtonProps) {
  return (
    <TooltipTrigger delay={400} closeDelay={0}>
      <AriaButton
        aria-label={label}
        aria-pressed={isOn}
        aria-disabled={isDisabled || undefined}
        onPress={() => {
          if (!isDisabled) onPress?.();
        }}
        className={`${base} ${size === 's' ? 'size-6' : 'size-7'} ${isDisabled ? off : isOn ? `${edges.ghost} ${on}` : variants.ghost}`}
      >
        <Shape size={14} strokeWidth={2.1} aria-hidden />
      </AriaButton>
      <TooltipBubble text={label} kbd={kbd} />
    </TooltipTrigger>
  );
}

/** A link to a screen that looks like a button. */
export function LinkButton({
  variant,
  size,
  icon,
  kbd,
  children,
  ...link
}: Look & Pick<LinkProps, 'to' | 'search' | 'params'> & { children: ReactNode; 'aria-label'?: string }) {
  const look = { ...(variant === undefined ? {} : { variant }), ...(size === undefined ? {} : { size }) };
  return (
    <Link {...(link as LinkProps)} className={lookOf(look, false)}>
      {icon !== undefined && <Icon of={icon} />}
      {children}
      {kbd !== undefined && <Kbd>{kbd}</Kbd>}
    </Link>
  );
}

/** Copies a text, and shows for a moment that it did. */
export function CopyButton({ text, label = 'Copy' }: { text: string; label?: string }) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 1500);
    return () => clearTimeout(timer);
  }, [isCopied]);
  return (
    <IconButton
      icon={isCopied ? Check : Copy}
      label={isCopied ? 'Copied' : label}
      onPress={() => {
        bridge.copy(text);
        setCopied(true);
      }}
    />
  );
}
