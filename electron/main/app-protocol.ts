import { randomBytes } from 'node:crypto';
import { readFile, realpath } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { protocol } from 'electron';

export const appScheme = 'app';
const appHost = 'proofbench';
export const appOrigin = `${appScheme}://${appHost}`;

/** Whether a URL is of this app's own pages and files; `URL.origin` knows only the web's schemes. */
export function isOwnUrl(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === `${appScheme}:` && url.host === appHost;
}

/**
 * As a header, for a page could not loosen it. Styles: files, attributes, which positioning needs, and elements with the nonce of this one
 * load, which libraries take from the page's head.
 */
function contentSecurityPolicy(nonce?: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self'${nonce === undefined ? '' : ` 'nonce-${nonce}'`}`,
    "style-src-attr 'unsafe-inline'",
    "img-src 'self' blob: data:",
    "media-src 'self' blob:",
    "font-src 'self'",
    "connect-src 'self'",
    "worker-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

const mediaTypes: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
  '.json': 'application/json',
};

/** Before the app is ready: the scheme behaves like https, with an origin of its own. */
export function declareAppScheme(): void {
  protocol.registerSchemesAsPrivileged([
    { scheme: appScheme, privileges: { standard: true, secure: true, supportFetchAPI: true, codeCache: true } },
  ]);
}

/** Serves the window's files and nothing else; a path of the window's own routes gets the page. */
export function serveApp(folder: string): void {
  protocol.handle(appScheme, async request => {
    const url = new URL(request.url);
    if (!isOwnUrl(request.url) || (request.method !== 'GET' && request.method !== 'HEAD')) return refused(403);
    const path = await fileInside(folder, url.pathname);
    if (path === 'outside') return refused(403);
    const isPage = path === undefined && extname(url.pathname) === '';
    if (path === undefined && !isPage) return refused(404);
    const file = path ?? join(folder, 'index.html');
    const bytes = await readFile(file);
    if (extname(file) !== '.html') return new Response(new Uint8Array(bytes), { headers: headersOf(file) });
    const nonce = randomBytes(16).toString('base64');
    const page = bytes.toString('utf8').replace('<head>', `<head><meta property="csp-nonce" nonce="${nonce}" />`);
    return new Response(page, { headers: headersOf(file, nonce) });
  });
}

/** The file that a URL's path names; `outside` when it leads out of the folder, by dots or by a link; undefined when it is not there. */
export async function fileInside(folder: string, pathname: string): Promise<string | 'outside' | undefined> {
  let decoded: string;
  try {
    decoded = decodeURIComponent(pathname);
  } catch {
    return 'outside';
  }
  if (decoded.includes('\0') || decoded.includes('\\')) return 'outside';
  const wanted = join(folder, decoded);
  if (wanted !== folder && !wanted.startsWith(folder.endsWith(sep) ? folder : folder + sep)) return 'outside';
  const root = await realpath(folder);
  const real = await realpath(wanted).catch(() => undefined);
  if (real === undefined || real === root) return undefined;
  return real.startsWith(root + sep) ? real : 'outside';
}

function headersOf(file: string, nonce?: string): Record<string, string> {
  return {
    'Content-Type': mediaTypes[extname(file)] ?? 'application/octet-stream',
    'Content-Security-Policy': contentSecurityPolicy(nonce),
    'X-Content-Type-Options': 'nosniff',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cache-Control': 'no-cache',
  };
}

function refused(status: 403 | 404): Response {
  return new Response(null, { status, headers: { 'Content-Security-Policy': contentSecurityPolicy() } });
}
