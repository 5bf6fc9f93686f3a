import { app, session } from 'electron';
import { isOwnUrl } from './app-protocol.ts';

/**
 * What no page of this app may do, whatever it holds: leave for another address, open windows, embed pages, ask for permissions, reach the
 * network, or download. Call before the first window. `devServer`: the one address beside the app's own, while it is developed.
 */
export function lockDown(devServer: string | undefined): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', event => event.preventDefault());
    contents.on('will-frame-navigate', event => event.preventDefault());
    contents.on('will-redirect', event => event.preventDefault());
    contents.on('will-attach-webview', event => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
  });
  const { defaultSession } = session;
  defaultSession.setPermissionRequestHandler((_contents, _permission, answer) => answer(false));
  defaultSession.setPermissionCheckHandler(() => false);
  defaultSession.setDevicePermissionHandler(() => false);
  defaultSession.on('will-download', event => event.preventDefault());
  defaultSession.webRequest.onBeforeRequest((details, answer) => {
    answer({ cancel: !isOwnUrl(details.url) && !isLocal(details.url) && !isOf(devServer, details.url) });
  });
}

/** Bytes the page holds itself, and a developer's own tools. */
function isLocal(url: string): boolean {
  return ['blob:', 'data:', 'devtools:'].includes(URL.parse(url)?.protocol ?? '');
}

function isOf(devServer: string | undefined, url: string): boolean {
  return devServer !== undefined && URL.parse(url)?.host === URL.parse(devServer)?.host;
}
