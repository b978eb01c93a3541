// Times in tests must not depend on where they run.
process.env.TZ = 'UTC'

const { grafanaESModules, nodeModulesToTransform } = require('./.config/jest/utils')

module.exports = {
  ...require('./.config/jest.config'),
  // JSX as in the build; and the collector's own sources, with whose parser texts are compared.
  transform: {
    '^.+\\.m?[tj]sx?$': [
      '@swc/jest',
      {
        sourceMaps: 'inline',
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript', tsx: true },
          transform: { react: { runtime: 'automatic' } },
        },
      },
    ],
  },
  transformIgnorePatterns: [nodeModulesToTransform([...grafanaESModules, '@noble/hashes'])],
}
