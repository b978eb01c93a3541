import { isOverridable, variableName } from './environment.ts'
import { settings, type SchemaNode } from './outline.ts'

const HEAD = `# Configuration

One YAML file: \`eventloom run --config eventloom.yaml\`. Without one, every setting has the default below.
\`eventloom config check FILE\` lists every problem with its line and what to write instead.
\`eventloom config schema\` prints a JSON schema. Editors complete and check the file with it:

\`\`\`yaml
# yaml-language-server: $schema=./eventloom.schema.json
clusters:
  - name: production
    namespaces: [shop]
    clusterScoped: true
retention:
  maxAge: { info: 3d }
\`\`\`

Durations have units: \`ms s m h d w\`, also together: \`1h30m\`; or whole years of 365 days: \`1y\`. Sizes: \`kB MB GB TB\` (powers of 1000),
\`KiB MiB GiB TiB\` (powers of 1024), or bytes as a number.

**Variables.** Most settings can be given by a variable, which wins over the file. Lists are separated by commas.
Values like \`tcp://10.0.0.1:80\` are ignored: Kubernetes sets such variables for services.

<!-- Everything below is made from the schema in collector/src/config. \`npx vitest run --project unit collector/src/config -u\` writes it again. -->
`

/** The page docs/configuration.md: made from the schema, so that it cannot say anything else. */
export function configReference(): string {
  const parts = [HEAD]
  for (const [path, node] of settings()) {
    if (isSection(node) && !path.includes('.')) parts.push(`\n## ${path}\n\n${node.description ?? ''}\n\n${TABLE}`)
    else if (!path.includes('.')) parts.push(`\n## ${path}\n\n${TABLE}`)
    if (!isSection(node)) parts.push(row(path, node))
  }
  return parts.join('')
}

const TABLE = '| setting | default | what it does |\n|---|---|---|\n'

function isSection(node: SchemaNode): boolean {
  return node.properties !== undefined || node.items?.properties !== undefined
}

function row(path: string, node: SchemaNode): string {
  const variable = isOverridable(path, node) ? `<br>\`${variableName(path)}\`` : ''
  return `| \`${path}\`${variable} | ${defaultOf(node)} | ${[node.description ?? '', values(node)].join(' ').trim()} |\n`
}

function defaultOf(node: SchemaNode): string {
  if (node.default === undefined) return ''
  return `\`${typeof node.default === 'string' ? node.default : JSON.stringify(node.default)}\``
}

function values({ enum: words, title, items, type, examples }: SchemaNode): string {
  if (words !== undefined) return `One of ${words.map((word) => `\`${String(word)}\``).join(', ')}.`
  if (type === 'boolean') return ''
  const shown = (items?.examples ?? examples ?? []).map((value) => `\`${String(value)}\``)
  const noun = items === undefined ? (title ?? '') : `list; each is ${items.title ?? 'text'}`
  return `(${noun}${shown.length === 0 ? '' : `, for example ${shown.join(', ')}`})`
}
