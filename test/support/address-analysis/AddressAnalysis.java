import java.util.Map;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.email.UAX29URLEmailTokenizer;
import org.apache.lucene.analysis.miscellaneous.RemoveDuplicatesTokenFilter;
import org.elasticsearch.index.analysis.AbstractTokenFilterFactory;
import org.elasticsearch.index.analysis.TokenFilterFactory;
import org.elasticsearch.index.analysis.TokenizerFactory;
import org.elasticsearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.elasticsearch.plugins.AnalysisPlugin;
import org.elasticsearch.plugins.Plugin;

/**
 * Stands in for the part of the module analysis-common, absent from the distribution of the tests, that the index of users,
 * roles and API keys names. It serves the search for e-mail addresses, which no test asks for.
 */
public final class AddressAnalysis extends Plugin implements AnalysisPlugin {
  @Override
  public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
    AnalysisProvider<TokenFilterFactory> unique = (index, environment, name, settings) -> new Unique(name);
    return Map.of("pattern_capture", unique, "unique", unique);
  }

  @Override
  public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
    return Map.of(
        "uax_url_email",
        (index, environment, name, settings) -> TokenizerFactory.newFactory(name, UAX29URLEmailTokenizer::new));
  }

  private static final class Unique extends AbstractTokenFilterFactory {
    Unique(String name) {
      super(name);
    }

    @Override
    public TokenStream create(TokenStream tokens) {
      return new RemoveDuplicatesTokenFilter(tokens);
    }
  }
}
