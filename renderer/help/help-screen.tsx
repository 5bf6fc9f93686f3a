import { Link } from '@tanstack/react-router';
import { type ReactNode, useEffect, useRef } from 'react';
import Markdown from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { CopyButton } from '../ui/index.ts';
import { helpPages } from './pages.ts';

/** The help pages, with a list of them at the left. */
export function HelpScreen({ pageId }: { pageId?: string }) {
  const page = helpPages.find(({ id }) => id === pageId) ?? helpPages[0];
  const article = useRef<HTMLElement>(null);
  useEffect(() => {
    if (page !== undefined) article.current?.scrollTo(0, 0);
  }, [page]);
  return (
    <div className="grid min-h-0 flex-1 grid-cols-[208px_1fr]">
      <nav aria-label="Help pages" className="flex flex-col gap-0.5 overflow-auto border-line border-r bg-sunken p-2">
        {helpPages.map(({ id, title }) => (
          <Link
            key={id}
            to="/help"
            search={{ page: id }}
            aria-current={id === page?.id ? 'page' : undefined}
            className="flex min-h-7 items-center rounded-2 px-2 py-1 text-13 text-fg-2 hover:bg-hover aria-[current]:bg-active aria-[current]:text-fg"
          >
            {title}
          </Link>
        ))}
      </nav>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls can be reached by keyboard */}
      <article ref={article} tabIndex={0} className="help selectable min-w-0 overflow-auto px-8 py-6">
        <div className="max-w-[740px]">
          <Markdown remarkPlugins={[remarkGfm]} components={{ a: PageLink, pre: Code }}>
            {page?.text ?? ''}
          </Markdown>
        </div>
      </article>
    </div>
  );
}

/** Pages link to each other; nothing leads out of the app. */
function PageLink({ href = '', children }: { href?: string | undefined; children?: ReactNode }) {
  const id = /^(?:\.\/)?([\w-]+)\.md(?:#.*)?$/.exec(href)?.[1];
  if (id === undefined) return <span>{children}</span>;
  return (
    <Link to="/help" search={{ page: id }}>
      {children}
    </Link>
  );
}

function Code({ children }: { children?: ReactNode }) {
  return (
    <div className="relative">
      <pre>{children}</pre>
      <span className="absolute top-1.5 right-1.5">
        <CopyButton text={textOf(children)} label="Copy the code" />
      </span>
    </div>
  );
}

function textOf(node: ReactNode): string {
  if (typeof node === 'string') return node;
  if (Array.isArray(node)) return node.map(textOf).join('');
  if (node !== null && typeof node === 'object' && 'props' in node)
    return textOf((node.props as { children?: ReactNode }).children);
  return '';
}
