import { createRootRoute, createRoute, createRouter, Navigate, type SearchSchemaInput } from '@tanstack/react-router';
import { RuntimeScreen } from '../docker/runtime-screen.tsx';
import { BundlesScreen } from '../evidence/bundles-screen.tsx';
import { HelpScreen } from '../help/help-screen.tsx';
import { LeasesScreen } from '../lease/leases-screen.tsx';
import { RunScreen } from '../run/run-screen.tsx';
import { NewRunScreen } from '../runs/new-run-screen.tsx';
import { RunsScreen } from '../runs/runs-screen.tsx';
import { NotFound } from './not-found.tsx';
import { SettingsScreen } from './settings-screen.tsx';
import { Shell } from './shell.tsx';

const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });

const home = createRoute({ getParentRoute: () => root, path: '/', component: () => <Navigate to="/runs" replace /> });

const runs = createRoute({ getParentRoute: () => root, path: '/runs', component: RunsScreen });

const newRun = createRoute({
  getParentRoute: () => root,
  path: '/runs/new',
  validateSearch: (search: { manifest?: string; fixture?: string } & SearchSchemaInput) => ({
    manifest: text(search.manifest),
    fixture: text(search.fixture),
  }),
  component: function NewRun() {
    const { manifest, fixture } = newRun.useSearch();
    return (
      <NewRunScreen
        key={manifest}
        {...(manifest === undefined ? {} : { manifest })}
        {...(fixture === undefined ? {} : { fixture })}
      />
    );
  },
});

const run = createRoute({
  getParentRoute: () => root,
  path: '/runs/$runId',
  component: function Run() {
    const { runId } = run.useParams();
    return <RunScreen key={runId} runId={runId} />;
  },
});

const leases = createRoute({ getParentRoute: () => root, path: '/leases', component: LeasesScreen });

const bundles = createRoute({
  getParentRoute: () => root,
  path: '/bundles',
  validateSearch: (search: { verify?: string } & SearchSchemaInput) => ({ verify: text(search.verify) }),
  component: function Bundles() {
    const { verify } = bundles.useSearch();
    return <BundlesScreen {...(verify === undefined ? {} : { verify })} />;
  },
});

const runtime = createRoute({ getParentRoute: () => root, path: '/runtime', component: RuntimeScreen });

const settings = createRoute({ getParentRoute: () => root, path: '/settings', component: SettingsScreen });

const help = createRoute({
  getParentRoute: () => root,
  path: '/help',
  validateSearch: (search: { page?: string } & SearchSchemaInput) => ({ page: text(search.page) }),
  component: function Help() {
    const { page } = help.useSearch();
    return <HelpScreen {...(page === undefined ? {} : { pageId: page })} />;
  },
});

/** Every screen has an address, so that it can be linked to and is there again after a reload. */
export const router = createRouter({
  routeTree: root.addChildren([home, runs, newRun, run, leases, bundles, runtime, settings, help]),
  defaultPreload: false,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
