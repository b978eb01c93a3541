import { initPluginTranslations } from '@grafana/i18n'
import i18next from 'i18next'
import chinese from './locales/zh-Hans/eventloom-events-datasource.json'
import pluginJson from './plugin.json'
import { mistakesOf, sentenceOf, wordOf } from './said'

beforeAll(async () => {
  await i18next.init({ lng: 'zh-Hans', resources: { 'zh-Hans': { [pluginJson.id]: chinese } } })
  await initPluginTranslations(pluginJson.id)
})

it.each([
  ['there is no field "resaon". Did you mean reason?', '没有字段“resaon”。您是指 reason 吗？'],
  ['severity is one of info, low, not "x"', 'severity 是 info, low 之一，而不是“x”'],
  ['An alert rule needs numbers. Choose Count, as Numbers.', '告警规则需要数字。请选择“计数”，并以数字显示。'],
  [
    'Data may be missing from A to B (lab, all): history\nforgotten',
    '从 A 到 B 数据可能缺失（lab, all）：history\nforgotten',
  ],
  ['$& is a number, not "$1"', '$& 是数字，而不是“$1”'],
])('says %j in the language of its reader', (english, text) => expect(sentenceOf(english)).toBe(text))

it('says why a query was refused, mistake by mistake', () => {
  const english = 'filter, column 3: severity has no order, so it has no ranges\ntimezone: something new\nbusy'
  expect(mistakesOf(english)).toBe('filter, column 3: severity 没有顺序，因此没有范围\ntimezone: something new\nbusy')
})

it('leaves what it does not know as it is', () => {
  expect(sentenceOf('Something new happened.')).toBe('Something new happened.')
  expect(wordOf('field.dreams', 'What it dreams of.')).toBe('What it dreams of.')
  expect(wordOf('field.node', 'Node the event happened on or is about.')).toBe('事件发生或涉及的节点。')
})
