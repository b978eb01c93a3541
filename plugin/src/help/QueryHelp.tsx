import { css } from '@emotion/css'
import type { GrafanaTheme2, QueryEditorHelpProps } from '@grafana/data'
import { t } from '@grafana/i18n'
import { Button, Text, useStyles2 } from '@grafana/ui'
import { SCHEMA_VERSION, type EventloomQuery } from '../query/query'

/** The help of Explore: what can be written, each example one click away. */
export function QueryHelp({ onClickExample }: QueryEditorHelpProps<EventloomQuery>) {
  const styles = useStyles2(helpStyles)
  const ask = (query: Partial<EventloomQuery>) =>
    onClickExample({ refId: 'A', schemaVersion: SCHEMA_VERSION, queryType: 'events', ...query })
  return (
    <div className={styles.help}>
      <Text element="h2" variant="h4">
        {t('help.title', 'Kubernetes events')}
      </Text>
      <p>
        {t(
          'help.intro',
          'Events, counts, patterns, groups and timelines, all by the same filter. The builder and the line of text both hold; switching between them changes neither.',
        )}
      </p>
      <Text element="h3" variant="h5">
        {t('help.filters', 'Filters as text')}
      </Text>
      <dl className={styles.list}>
        {textExamples().map(({ text, meaning }) => (
          <div key={text} className={styles.row}>
            <dt>
              <Button
                variant="secondary"
                size="sm"
                fill="outline"
                onClick={() => ask({ editorMode: 'code', filter: { text, terms: [] } })}
              >
                <code>{text}</code>
              </Button>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <Text element="h3" variant="h5">
        {t('help.questions', 'Questions')}
      </Text>
      <dl className={styles.list}>
        {questions().map(({ title, meaning, query }) => (
          <div key={title} className={styles.row}>
            <dt>
              <Button variant="secondary" size="sm" fill="outline" onClick={() => ask(query)}>
                {title}
              </Button>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
      <p>
        {t(
          'help.keys',
          'In the line of text, Enter runs the query, Shift+Enter begins a new line, Ctrl+Space offers fields and values, arrows choose.',
        )}
      </p>
    </div>
  )
}

function textExamples() {
  return [
    { text: 'reason:BackOff AND namespace:shop', meaning: t('help.and', 'both hold; OR, NOT and parentheses too') },
    { text: 'reason:Fail*', meaning: t('help.wildcard', 'begins with Fail') },
    { text: '"connection refused"', meaning: t('help.words', 'the note has these words one behind the other') },
    { text: 'severity:(high OR critical)', meaning: t('help.one-of', 'one of several values') },
    { text: 'count:>20', meaning: t('help.number', 'numbers and times have >, <, >= and <=') },
    { text: 'metadata.image:*', meaning: t('help.exists', 'the note named an image') },
    { text: 'lastObserved:>now-15m', meaning: t('help.time', 'of the last 15 minutes, whatever the range') },
  ]
}

function questions(): readonly { title: string; meaning: string; query: Partial<EventloomQuery> }[] {
  return [
    {
      title: t('help.warnings', 'Warnings by reason over time'),
      meaning: t(
        'help.warnings-meaning',
        'occurrences, not rows: an event that repeats counts as often as it happened',
      ),
      query: {
        queryType: 'aggregate',
        filter: { text: 'type:Warning', terms: [] },
        metric: 'occurrences',
        groupBy: ['reason'],
      },
    },
    {
      title: t('help.incidents', 'What broke, and why'),
      meaning: t('help.incidents-meaning', 'at the end of the range: one row for an outage, with its likeliest cause'),
      query: { queryType: 'incidents', filter: { text: '', terms: [] } },
    },
    {
      title: t('help.problems', 'What is wrong'),
      meaning: t('help.problems-meaning', 'at the end of the range, the most important first'),
      query: { queryType: 'problems', filter: { text: '', terms: [] } },
    },
    {
      title: t('help.open', 'What is broken now'),
      meaning: t('help.open-meaning', '1 until the problem is over: the query for alert rules'),
      query: {
        queryType: 'aggregate',
        filter: { text: 'severity:(high OR critical)', terms: [] },
        metric: 'active',
        format: 'numeric',
        groupBy: ['cluster', 'namespace', 'owner.name', 'reason'],
      },
    },
    {
      title: t('help.noise', 'What recurs'),
      meaning: t('help.noise-meaning', 'patterns, the worst first'),
      query: { queryType: 'patterns', filter: { text: '', terms: [] } },
    },
    {
      title: t('help.together', 'What belongs together'),
      meaning: t('help.together-meaning', 'groups of events with one cause; the id of one shows its graph'),
      query: { queryType: 'correlations', filter: { text: '', terms: [] } },
    },
    {
      title: t('help.health', 'Health of workloads'),
      meaning: t('help.health-meaning', 'the state over time, a band for each'),
      query: { queryType: 'timeline', filter: { text: '', terms: [] }, timelineBy: 'workload' },
    },
  ]
}

const helpStyles = (theme: GrafanaTheme2) => ({
  help: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), p: { margin: 0 } }),
  list: css({ display: 'flex', flexDirection: 'column', gap: theme.spacing(1), margin: 0 }),
  row: css({
    display: 'flex',
    flexWrap: 'wrap',
    alignItems: 'baseline',
    gap: theme.spacing(2),
    dt: { minWidth: 300, code: { padding: 0, border: 0, background: 'none' } },
    dd: { margin: 0, color: theme.colors.text.secondary },
  }),
})
