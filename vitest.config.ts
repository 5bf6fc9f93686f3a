import { defineConfig } from 'vitest/config';

/** A busy machine takes its time; what never comes is still told. */
const patient = { poll: { timeout: 30_000 } };

export default defineConfig({
  test: {
    projects: [
      { test: { name: 'unit', include: ['test/unit/**/*.test.ts'], expect: patient, testTimeout: 60_000 } },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          expect: patient,
          testTimeout: 100_000,
          hookTimeout: 100_000,
          // Each has a workspace of its own, and waits for containers most of the time.
          maxWorkers: 3,
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          expect: { poll: { ...patient.poll, interval: 100 } },
          testTimeout: 180_000,
          hookTimeout: 100_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'fault',
          include: ['test/fault/**/*.test.ts'],
          expect: patient,
          testTimeout: 180_000,
          hookTimeout: 100_000,
          maxWorkers: 3,
          // A kill hits a busy machine at another instant each time: once more tells chance from a bug.
          retry: 1,
        },
      },
    ],
  },
});
