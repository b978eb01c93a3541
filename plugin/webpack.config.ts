import type { Configuration } from 'webpack'
import grafanaConfig, { type Env } from './.config/webpack/webpack.config.ts'

/** JSX becomes calls of `react/jsx-runtime`, which Grafana shares, so that the plugin runs on React 18 and 19. */
const SWC = {
  jsc: {
    target: 'es2022',
    parser: { syntax: 'typescript', tsx: true },
    transform: { react: { runtime: 'automatic' } },
  },
}

const config = async (env: Env): Promise<Configuration> => {
  const scaffolded = await grafanaConfig(env)
  const rules = scaffolded.module?.rules?.map((rule) => {
    const isScripts = typeof rule === 'object' && rule !== null && JSON.stringify(rule.use ?? '').includes('swc-loader')
    return isScripts ? { ...rule, use: { loader: 'swc-loader', options: SWC } } : rule
  })
  return { ...scaffolded, module: { ...scaffolded.module, rules }, performance: { hints: false } }
}

export default config
