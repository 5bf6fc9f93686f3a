import './styles/app.css';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { z } from 'zod';
import { connect, queries } from './host/host.ts';
import { router } from './shell/router.tsx';
import { startTheme } from './shell/theme.ts';

// Compiled checks would need `eval`, which the policy of this page forbids.
z.config({ jitless: true });
startTheme();
connect();

createRoot(document.getElementById('root') as HTMLElement).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <RouterProvider router={router} />
    </QueryClientProvider>
  </StrictMode>,
);
