package cloud.welkin.identity.saml;

/** Text within XML that is written here. */
final class SamlXml {
    private SamlXml() {}

    /**
     * @throws SamlRefused for characters that XML has no way to write
     */
    static String escaped(String text) {
        StringBuilder out = new StringBuilder(text.length() + 16);
        text.codePoints()
                .forEach(
                        c -> {
                            switch (c) {
                                case '&' -> out.append("&amp;");
                                case '<' -> out.append("&lt;");
                                case '>' -> out.append("&gt;");
                                case '"' -> out.append("&quot;");
                                // Readers would turn these into others.
                                case '\t', '\n', '\r' -> out.append("&#").append(c).append(';');
                                default -> {
                                    if (c < 0x20
                                            || (c >= 0xd800 && c <= 0xdfff)
                                            || c == 0xfffe
                                            || c == 0xffff) {
                                        throw new SamlRefused("a name cannot be written in XML");
                                    }
                                    out.appendCodePoint(c);
                                }
                            }
                        });
        return out.toString();
    }
}
