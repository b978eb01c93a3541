// Times in tests must not depend on where they run.
process.env.TZ = 'UTC'

const { grafanaESModules, nodeModulesToTransform } = require('./.config/jest/utils')

module.exports = {
  ...require('./.config/jest.config'),
  transformIgnorePatterns: [nodeModulesToTransform([...grafanaESModules, '@noble/hashes'])],
}
