import type { AppCommand } from '../../shared/bridge.ts';
import { bridge } from '../host/host.ts';
import { screenEvents } from '../ui/index.ts';
import { setTheme } from './theme.ts';

/** What the shell can do for a command of the menu or the system. */
export interface ShellActs {
  navigate(to: string): void;
  showPalette(): void;
  showKeys(): void;
  open(paths: string[]): void;
}

/** Does what the menu, the system or a second start of the app asked for. */
export function onCommand(command: AppCommand, acts: ShellActs): void {
  switch (command.kind) {
    case 'new-run':
      return acts.navigate('/runs/new');
    case 'palette':
      return acts.showPalette();
    case 'help':
      return acts.showKeys();
    case 'go':
      return acts.navigate(command.route);
    case 'theme':
      return setTheme(command.theme);
    case 'open-path':
      return acts.open([command.path]);
    case 'open':
      return void bridge.choose('any').then(path => {
        if (path !== null) acts.open([path]);
      });
    case 'find':
      return void window.dispatchEvent(new Event(screenEvents.find));
    case 'save-bundle':
      return void window.dispatchEvent(new Event(screenEvents.saveBundle));
    default:
      return command satisfies never;
  }
}
