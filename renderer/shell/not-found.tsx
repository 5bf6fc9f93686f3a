import { EmptyState, LinkButton } from '../ui/index.ts';

/** What an address shows that names nothing. */
export function NotFound() {
  return (
    <EmptyState title="There is nothing at this address" text="What it named may have been removed.">
      <LinkButton to="/runs" variant="primary">
        All runs
      </LinkButton>
    </EmptyState>
  );
}
