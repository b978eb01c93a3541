import { css } from '@emotion/css'
import type { GrafanaTheme2 } from '@grafana/data'
import { t } from '@grafana/i18n'
import { Text, useStyles2 } from '@grafana/ui'

interface Props {
  readonly labelSets: readonly Readonly<Record<string, string>>[]
  /** Of each set; empty when they are not known. */
  readonly values: readonly (number | null)[]
  /** Whether a value above 0 fires. */
  readonly isState: boolean
  /** How many there are beyond these. */
  readonly more: number
}

/** Sets of labels as a table, a column for each name. */
export function LabelTable({ labelSets, values, isState, more }: Props) {
  const styles = useStyles2(tableStyles)
  const names = [...new Set(labelSets.flatMap(Object.keys))]
  if (names.length === 0 && values.length === 0)
    return <Text variant="bodySmall">{t('labels.none', 'One alert without labels of its own.')}</Text>
  return (
    <div className={styles.frame}>
      <table className={styles.table}>
        <thead>
          <tr>
            {values.length > 0 && <th scope="col">{t('labels.value', 'Value')}</th>}
            {names.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {labelSets.map((labels, place) => (
            <tr key={place}>
              {values.length > 0 && <td>{valueText(values[place] ?? null, isState)}</td>}
              {names.map((name) => (
                <td key={name}>{labels[name]}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {more > 0 && (
        <Text variant="bodySmall" color="secondary">
          {t('labels.more', 'and {{count}} more', { count: more })}
        </Text>
      )}
    </div>
  )
}

function valueText(value: number | null, isState: boolean): string {
  if (value === null) return '–'
  return isState && value > 0 ? t('labels.fires', '{{value}}, fires', { value }) : value.toLocaleString()
}

const tableStyles = (theme: GrafanaTheme2) => ({
  frame: css({ maxHeight: 240, overflow: 'auto' }),
  table: css({
    fontSize: theme.typography.bodySmall.fontSize,
    'th, td': { padding: theme.spacing(0.25, 2, 0.25, 0.5), textAlign: 'left', whiteSpace: 'nowrap' },
    th: { color: theme.colors.text.secondary, fontWeight: theme.typography.fontWeightMedium },
    'tbody tr': { borderTop: `1px solid ${theme.colors.border.weak}` },
  }),
})
