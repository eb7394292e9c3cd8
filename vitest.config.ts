import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Half of the tests wait for processes that they started, so two files at once pay on two cores.
    maxWorkers: 2,
    reporters: process.env.CI ? ['default'] : ['dot'],
  },
})
