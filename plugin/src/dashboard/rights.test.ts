import { config } from '@grafana/runtime'
import { rightsOfReader } from './rights'

const reader = (permissions?: Record<string, boolean>) => {
  config.bootData = { user: { permissions } } as unknown as typeof config.bootData
  return rightsOfReader()
}

it('knows which pages refuse a Viewer', () => {
  expect(reader({ 'datasources:query': true })).toEqual({ mayExplore: false, mayMakeRules: false })
  expect(reader({ 'datasources:explore': true })).toEqual({ mayExplore: true, mayMakeRules: false })
})

it('leaves it to the page where Grafana does not say', () => {
  expect(reader()).toEqual({ mayExplore: true, mayMakeRules: true })
})
