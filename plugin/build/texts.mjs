// node build/texts.mjs           writes the English texts of the sources to src/locales/en-US
// node build/texts.mjs --check   says where the files differ from the sources, and what other languages lack
import { globSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'

const SOURCES = join(import.meta.dirname, '..', 'src')
const { id, languages } = JSON.parse(readFileSync(join(SOURCES, 'plugin.json'), 'utf8'))
const fileOf = (language) => join(SOURCES, 'locales', language, `${id}.json`)

const problems = []
const texts = collect()
const english = `${JSON.stringify(nest(texts), null, 2)}\n`

if (process.argv.includes('--check')) check()
else writeFileSync(fileOf('en-US'), english)

for (const problem of problems) console.error(problem)
process.exitCode = problems.length === 0 ? 0 : 1

/** Every `t(key, text)` of the sources. */
function collect() {
  const found = new Map()
  for (const file of globSync('**/*.{ts,tsx}', { cwd: SOURCES }).filter((name) => !name.includes('.test.'))) {
    const source = ts.createSourceFile(file, readFileSync(join(SOURCES, file), 'utf8'), ts.ScriptTarget.Latest, true)
    const visit = (node) => {
      if (ts.isCallExpression(node) && node.expression.getText() === 't') add(found, file, node.arguments)
      ts.forEachChild(node, visit)
    }
    visit(source)
  }
  return new Map([...found].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function add(found, file, [key, text]) {
  if (!ts.isStringLiteralLike(key) || text === undefined || !ts.isStringLiteralLike(text)) {
    problems.push(`${file}: a text must be t('key', 'English text')`)
    return
  }
  const other = found.get(key.text)
  if (other !== undefined && other !== text.text)
    problems.push(`${file}: ${key.text} has two texts: "${other}" and "${text.text}"`)
  found.set(key.text, text.text)
}

function check() {
  if (readFileSync(fileOf('en-US'), 'utf8') !== english)
    problems.push('src/locales/en-US is not what the sources say. Run: npm run texts')
  for (const language of languages.filter((name) => name !== 'en-US')) {
    const translated = flatten(JSON.parse(readFileSync(fileOf(language), 'utf8')))
    for (const [key, text] of texts) {
      const other = translated.get(key)
      if (other === undefined || other === '') problems.push(`${language} lacks ${key}: "${text}"`)
      else if (placeholders(other) !== placeholders(text))
        problems.push(`${language}: ${key} has not the placeholders of "${text}"`)
    }
    for (const key of translated.keys())
      if (!texts.has(key)) problems.push(`${language} has ${key}, which no source says`)
  }
}

function placeholders(text) {
  return [...text.matchAll(/{{\w+}}/g)]
    .map(([name]) => name)
    .sort()
    .join()
}

function nest(flat) {
  const tree = {}
  for (const [key, text] of flat) {
    const names = key.split('.')
    const last = names.pop()
    names.reduce((branch, name) => (branch[name] ??= {}), tree)[last] = text
  }
  return tree
}

function flatten(tree, prefix = '') {
  return new Map(
    Object.entries(tree).flatMap(([name, value]) =>
      typeof value === 'string' ? [[prefix + name, value]] : [...flatten(value, `${prefix}${name}.`)],
    ),
  )
}
