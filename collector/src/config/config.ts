import type { z } from 'zod'
import { ConfigError } from './config-error.ts'
import { override } from './environment.ts'
import { explain } from './explain.ts'
import { outline, type Path } from './outline.ts'
import { configSchema } from './schema.ts'
import { SourceText } from './source-text.ts'

export { ConfigError } from './config-error.ts'
export { isLoopback } from './loopback.ts'
export { configReference } from './reference.ts'

/** All settings with their defaults filled in. Times are µs, sizes bytes. */
export type Config = z.output<typeof configSchema>
export type ClusterConfig = Config['clusters'][number]

/**
 * Reads a configuration: YAML or JSON, an empty text is all defaults. Variables `EVENTLOOM_…` win over the file.
 * Unknown settings are refused.
 *
 * @param fileName as messages show it.
 * @throws ConfigError with every problem at once: where, what, and what to write instead.
 */
export function parseConfig(
  text: string,
  fileName: string,
  environment: Readonly<Record<string, string | undefined>>,
): Config {
  const source = new SourceText(text, fileName)
  const values = source.values ?? {}
  if (typeof values !== 'object' || Array.isArray(values)) {
    const what = 'The file does not hold settings.'
    throw new ConfigError([{ place: source.placeOf([]), what, fix: 'Write for example "data: /var/lib/eventloom".' }])
  }
  const { sources, problems } = override(values as Record<string, unknown>, environment)
  const placeOf = (path: Path) => sources.get(path.join('.')) ?? source.placeOf(path)
  const result = configSchema.safeParse(values)
  const found = result.error?.issues.flatMap((issue) => explain(issue, values, placeOf)) ?? []
  if (result.success && problems.length === 0) return result.data
  throw new ConfigError([...found, ...problems])
}

export function defaultConfig(): Config {
  return configSchema.parse({})
}

/** JSON schema (draft 7) of the file, for editors. */
export function configJsonSchema(): object {
  return outline
}
