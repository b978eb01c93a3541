import { Resources } from '../resources'
import { listedValues } from './ValuePicker'

/** A collector that knows 3,000 values of a field, and lists 1,000 at a time, the most frequent first. */
const values = [
  'other-shop-25',
  ...Array.from({ length: 3_000 }, (_, place) => `shop-${String(place).padStart(4, '0')}`),
]
const ask = async (_path: string, body: unknown) => {
  const { prefix } = body as { readonly prefix: string }
  return values
    .filter((value) => value.startsWith(prefix))
    .slice(0, 1_000)
    .map((text) => ({ text }))
}

it('finds a value that is beyond the list, beside those in it', async () => {
  const resources = new Resources(ask as ConstructorParameters<typeof Resources>[0])
  const term = { key: 'namespace', operator: '=' as const, values: [] }
  const found = async (input: string) =>
    (await listedValues({ term, others: [], resources, range: undefined }, input)).values.map(({ value }) => value)
  expect(await found('shop-299')).toHaveLength(10)
  // The first is in the list, the second is not.
  expect(await found('shop-25')).toEqual(expect.arrayContaining(['other-shop-25', 'shop-2500']))
  expect(await found('0250')).toEqual(['shop-0250'])
})

it('knows when a list does not hold all', async () => {
  const resources = new Resources(ask as ConstructorParameters<typeof Resources>[0])
  const term = { key: 'namespace', operator: '=' as const, values: [] }
  const isCut = async (input: string) =>
    (await listedValues({ term, others: [], resources, range: undefined }, input)).isCut
  expect(await isCut('')).toBe(true)
  expect(await isCut('shop-')).toBe(true)
  expect(await isCut('shop-25')).toBe(false)
})
