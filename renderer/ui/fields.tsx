import { Check, Minus, Search, X } from 'lucide-react';
import type { ReactNode, Ref } from 'react';
import {
  Button as AriaButton,
  Checkbox as AriaCheckbox,
  SearchField as AriaSearchField,
  TextField as AriaTextField,
  FieldError,
  Input,
  Label,
  Text,
  TextArea,
} from 'react-aria-components';
import { Kbd } from './tooltip.tsx';

/** A field that filters what is below it; Escape empties it. */
export function SearchField(props: {
  value: string;
  onChange: (value: string) => void;
  placeholder: string;
  kbd?: string;
  size?: 's' | 'm';
  /** Why what was typed is no filter. */
  invalid?: string | undefined;
  inputRef?: Ref<HTMLInputElement>;
}) {
  const { value, onChange, placeholder, kbd, size = 'm', invalid, inputRef } = props;
  return (
    <AriaSearchField
      aria-label={placeholder}
      value={value}
      onChange={onChange}
      isInvalid={invalid !== undefined}
      className="relative flex min-w-0 flex-1 items-center"
    >
      <Search size={14} strokeWidth={2.1} className="pointer-events-none absolute left-2 text-fg-3" aria-hidden />
      <Input
        ref={inputRef ?? null}
        placeholder={placeholder}
        title={invalid}
        onKeyDown={event => {
          if (event.key === 'Escape' && value === '') event.currentTarget.blur();
        }}
        className={`w-full min-w-0 rounded-2 border bg-pane pr-7 pl-7 text-12 text-fg placeholder:text-fg-3 [&::-webkit-search-cancel-button]:hidden ${size === 's' ? 'h-6' : 'h-7'} ${invalid === undefined ? 'border-line-control' : 'border-fail'}`}
      />
      {kbd !== undefined && value === '' && (
        <span className="pointer-events-none absolute right-1 [&_kbd]:h-4 [&_kbd]:min-w-4">
          <Kbd>{kbd}</Kbd>
        </span>
      )}
      {value !== '' && (
        <AriaButton
          aria-label="Clear"
          className={`absolute grid size-6 place-items-center rounded-1 text-fg-3 hover:text-fg ${size === 's' ? 'right-0' : 'right-0.5'}`}
        >
          <X size={14} strokeWidth={2.1} aria-hidden />
        </AriaButton>
      )}
      <FieldError className="absolute top-full left-0 z-10 mt-1 rounded-2 border border-fail-line bg-fail-bg px-2 py-1 text-11 text-fail">
        {invalid}
      </FieldError>
    </AriaSearchField>
  );
}

/** A choice of yes and no: a 14 px box in a 24 px target. */
export function Checkbox(props: {
  isSelected: boolean;
  isMixed?: boolean;
  isDisabled?: boolean;
  onChange: (isSelected: boolean) => void;
  children: ReactNode;
}) {
  const { isSelected, isMixed = false, isDisabled = false, onChange, children } = props;
  return (
    <AriaCheckbox
      isSelected={isSelected}
      isIndeterminate={isMixed}
      isDisabled={isDisabled}
      onChange={onChange}
      className="group inline-flex min-h-6 items-center gap-1.5 whitespace-nowrap rounded-1 text-12 text-fg-2 data-[disabled]:text-fg-3"
    >
      <span className="grid size-3.5 flex-none place-items-center rounded-[3px] border border-line-control text-fg-inverse group-data-[indeterminate]:border-ink group-data-[selected]:border-ink group-data-[indeterminate]:bg-ink group-data-[selected]:bg-ink">
        {isMixed ? (
          <Minus size={10} strokeWidth={3} aria-hidden />
        ) : (
          isSelected && <Check size={10} strokeWidth={3} aria-hidden />
        )}
      </span>
      {children}
    </AriaCheckbox>
  );
}

/** A line, or with `multiline` several, of text. */
export function TextField(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  description?: string;
  /** What is wrong with it. */
  error?: string | undefined;
  multiline?: boolean;
  placeholder?: string;
  isRequired?: boolean;
  autoFocus?: boolean;
}) {
  const { label, value, onChange, description, error, multiline = false, placeholder } = props;
  const look = `w-full rounded-2 border bg-pane px-2 text-12 text-fg placeholder:text-fg-3 ${error === undefined ? 'border-line-control' : 'border-fail'}`;
  return (
    <AriaTextField
      value={value}
      onChange={onChange}
      isInvalid={error !== undefined}
      isRequired={props.isRequired ?? false}
      autoFocus={props.autoFocus ?? false}
      className="flex min-w-0 flex-col gap-1"
    >
      <Label className="text-12 text-fg-2">{label}</Label>
      {multiline ? (
        <TextArea rows={3} placeholder={placeholder} className={`${look} py-1.5`} />
      ) : (
        <Input placeholder={placeholder} className={`${look} h-7`} />
      )}
      {description !== undefined && error === undefined && (
        <Text slot="description" className="text-11 text-fg-2">
          {description}
        </Text>
      )}
      <FieldError className="text-11 text-fail">{error}</FieldError>
    </AriaTextField>
  );
}
