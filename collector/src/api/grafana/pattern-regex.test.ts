import { describe, expect, it } from 'vitest'
import { readRegex } from './pattern-regex.ts'

describe('a regular expression of Grafana', () => {
  it.each([
    ['BackOff', [{ kind: 'text', text: 'BackOff' }]],
    ['^BackOff$', [{ kind: 'text', text: 'BackOff' }]],
    ['shop|kube\\.system', [{ kind: 'text', text: 'shop' }, { kind: 'text', text: 'kube.system' }]], // prettier-ignore
    [
      '(shop|pay)',
      [
        { kind: 'text', text: 'shop' },
        { kind: 'text', text: 'pay' },
      ],
    ],
    ['Back.*', [{ kind: 'like', pattern: 'Back*' }]],
    ['a.b', [{ kind: 'like', pattern: 'a?b' }]],
    ['.+', [{ kind: 'like', pattern: '?*' }]],
    ['a\\*b.*', [{ kind: 'like', pattern: 'a\\*b*' }]],
    ['', [{ kind: 'text', text: '' }]],
    [
      'a|',
      [
        { kind: 'text', text: 'a' },
        { kind: 'text', text: '' },
      ],
    ],
    ['a\\|b', [{ kind: 'text', text: 'a|b' }]],
  ])('%s is alternatives that filters know', (regex, alternatives) => {
    expect(readRegex(regex)).toEqual(alternatives)
  })

  it.each(['a+', '[ab]', 'a{2}', '(a)(b)', '\\d', 'a\\', 'x(a|b)', 'a?'])('%s says more than that', (regex) => {
    expect(readRegex(regex)).toBeNull()
  })
})
