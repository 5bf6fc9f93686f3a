import { WifiOff } from 'lucide-react';
import { Kbd } from '../ui/index.ts';
import { keyLine } from './keys.ts';

/** The line at the bottom: what never happens here, and the keys of the screen. */
export function StatusBar({ pathname }: { pathname: string }) {
  return (
    <footer className="col-span-2 flex items-center gap-4 whitespace-nowrap border-line border-t bg-app px-3 text-11 text-fg-2">
      <span className="flex items-center gap-1.5">
        <WifiOff size={12} strokeWidth={2.1} aria-hidden />
        Offline. Nothing leaves this computer
      </span>
      <span className="flex-1" />
      {keyLine(pathname).map(({ keys, text }) => (
        <span key={text} className="flex items-center gap-1.5 [&_kbd]:h-4 [&_kbd]:min-w-4">
          {keys.map(key => (
            <Kbd key={key}>{key}</Kbd>
          ))}
          {text}
        </span>
      ))}
    </footer>
  );
}
