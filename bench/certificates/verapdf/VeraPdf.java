import java.io.FileInputStream;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.PDFAParser;
import org.verapdf.pdfa.PDFAValidator;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;
import org.verapdf.pdfa.results.ValidationResult;

/** Prints for each file and flavour (3a, ua1) PASS or FAIL, and each failure with its clause. */
public final class VeraPdf {
    private static final PDFAFlavour[] FLAVOURS = {PDFAFlavour.PDFA_3_A, PDFAFlavour.PDFUA_1};
    private static final int FAILURES = 20;

    public static void main(String[] files) throws Exception {
        VeraGreenfieldFoundryProvider.initialise();
        for (String file : files) {
            for (PDFAFlavour flavour : FLAVOURS) {
                report(file, flavour);
            }
        }
    }

    private static void report(String file, PDFAFlavour flavour) throws Exception {
        try (PDFAParser parser =
                Foundries.defaultInstance().createParser(new FileInputStream(file), flavour)) {
            PDFAValidator validator =
                Foundries.defaultInstance().createValidator(flavour, FAILURES, false, false, false);
            ValidationResult result = validator.validate(parser);
            String word = result.isCompliant() ? "PASS" : "FAIL";
            System.out.println(file + " " + flavour.getId() + " " + word);
            for (TestAssertion failure : result.getTestAssertions()) {
                System.out.println(failure.getRuleId().getClause() + ": " + failure.getMessage());
            }
        }
    }
}
