import { defineConfig } from 'vitest/config'

const ELASTICSEARCH = 'test/support/elasticsearch-setup.ts'

/** `unit` stands beside the sources, `contract` compares stores, `cases` plays situations, `integration` needs real servers. */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: 'unit',
          include: ['collector/src/**/*.test.ts', 'test/support/**/*.test.ts'],
          // A machine that does much else takes seconds for what takes milliseconds.
          testTimeout: 30_000,
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          globalSetup: ELASTICSEARCH,
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'cases',
          include: ['test/cases/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          globalSetup: ELASTICSEARCH,
          testTimeout: 120_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'long',
          include: ['test/long/**/*.test.ts'],
          testTimeout: 900_000,
          hookTimeout: 180_000,
          fileParallelism: false,
        },
      },
    ],
  },
})
