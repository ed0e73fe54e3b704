using System.Globalization;
using System.Text;

namespace ArtSimilarity;

/// <summary>
/// Compares labels (artists, genres, styles, tags) as people do: without regard to case, accents, the form of apostrophes, quotation marks,
/// dashes and blanks, and characters that nobody sees.
/// </summary>
/// <remarks>
/// The result depends on nothing outside this class. In particular it is the same with and without ICU, so stores can keep it.
/// A change of the rules needs a migration of every store that keeps folded labels.
/// </remarks>
public static class LabelFolding
{
    // A letter and what it folds to, separated by spaces: made from the canonical decompositions of Unicode 15 for Latin, Greek
    // and Cyrillic letters, and from the usual spellings of letters that have none (ø, ł, ß, æ). Invariant globalization, which
    // many hosts use, leaves string.Normalize without these data.
    private const string Letters =
        "ªa ºo Àa Áa Âa Ãa Äa Åa Æae Çc Èe Ée Êe Ëe Ìi Íi Îi Ïi Ðd Ñn Òo Óo Ôo Õo Öo Øo Ùu Úu Ûu Üu Ýy Þth ßss àa áa " +
        "âa ãa äa åa æae çc èe ée êe ëe ìi íi îi ïi ðd ñn òo óo ôo õo öo øo ùu úu ûu üu ýy þth ÿy Āa āa Ăa ăa Ąa ąa Ćc " +
        "ćc Ĉc ĉc Ċc ċc Čc čc Ďd ďd Đd đd Ēe ēe Ĕe ĕe Ėe ėe Ęe ęe Ěe ěe Ĝg ĝg Ğg ğg Ġg ġg Ģg ģg Ĥh ĥh Ħh ħh Ĩi ĩi Īi " +
        "īi Ĭi ĭi Įi įi İi ıi Ĳij ĳij Ĵj ĵj Ķk ķk ĸk Ĺl ĺl Ļl ļl Ľl ľl Ŀl ŀl Łl łl Ńn ńn Ņn ņn Ňn ňn ŉn Ŋn ŋn Ōo ōo Ŏo " +
        "ŏo Őo őo Œoe œoe Ŕr ŕr Ŗr ŗr Řr řr Śs śs Ŝs ŝs Şs şs Šs šs Ţt ţt Ťt ťt Ŧt ŧt Ũu ũu Ūu ūu Ŭu ŭu Ůu ůu Űu űu Ųu " +
        "ųu Ŵw ŵw Ŷy ŷy Ÿy Źz źz Żz żz Žz žz ſs Ɨi Ơo ơo Ưu ưu Ƶz ƶz Ǆdz ǅdz ǆdz Ǉlj ǈlj ǉlj Ǌnj ǋnj ǌnj Ǎa ǎa Ǐi ǐi " +
        "Ǒo ǒo Ǔu ǔu Ǖu ǖu Ǘu ǘu Ǚu ǚu Ǜu ǜu Ǟa ǟa Ǡa ǡa Ǣae ǣae Ǧg ǧg Ǩk ǩk Ǫo ǫo Ǭo ǭo Ǯʒ ǯʒ ǰj Ǳdz ǲdz ǳdz Ǵg ǵg Ǹn " +
        "ǹn Ǻa ǻa Ǽae ǽae Ǿo ǿo Ȁa ȁa Ȃa ȃa Ȅe ȅe Ȇe ȇe Ȉi ȉi Ȋi ȋi Ȍo ȍo Ȏo ȏo Ȑr ȑr Ȓr ȓr Ȕu ȕu Ȗu ȗu Șs șs Țt țt Ȟh " +
        "ȟh Ȧa ȧa Ȩe ȩe Ȫo ȫo Ȭo ȭo Ȯo ȯo Ȱo ȱo Ȳy ȳy ʹ' Άα Έε Ήη Ίι Όο Ύυ Ώω ΐι Ϊι Ϋυ άα έε ήη ίι ΰυ ςσ ϊι ϋυ όο ύυ " +
        "ώω ϓϒ ϔϒ Ѐе Ёе Ѓг Їі Ќк Ѝи Ўу Йи йи ѐе ёе ѓг їі ќк ѝи ўу Ѷѵ ѷѵ Ӂж ӂж Ӑа ӑа Ӓа ӓа Ӗе ӗе Ӛә ӛә Ӝж ӝж Ӟз ӟз Ӣи " +
        "ӣи Ӥи ӥи Ӧо ӧо Ӫө ӫө Ӭэ ӭэ Ӯу ӯу Ӱу ӱу Ӳу ӳу Ӵч ӵч Ӹы ӹы Ḁa ḁa Ḃb ḃb Ḅb ḅb Ḇb ḇb Ḉc ḉc Ḋd ḋd Ḍd ḍd Ḏd ḏd Ḑd " +
        "ḑd Ḓd ḓd Ḕe ḕe Ḗe ḗe Ḙe ḙe Ḛe ḛe Ḝe ḝe Ḟf ḟf Ḡg ḡg Ḣh ḣh Ḥh ḥh Ḧh ḧh Ḩh ḩh Ḫh ḫh Ḭi ḭi Ḯi ḯi Ḱk ḱk Ḳk ḳk Ḵk " +
        "ḵk Ḷl ḷl Ḹl ḹl Ḻl ḻl Ḽl ḽl Ḿm ḿm Ṁm ṁm Ṃm ṃm Ṅn ṅn Ṇn ṇn Ṉn ṉn Ṋn ṋn Ṍo ṍo Ṏo ṏo Ṑo ṑo Ṓo ṓo Ṕp ṕp Ṗp ṗp Ṙr " +
        "ṙr Ṛr ṛr Ṝr ṝr Ṟr ṟr Ṡs ṡs Ṣs ṣs Ṥs ṥs Ṧs ṧs Ṩs ṩs Ṫt ṫt Ṭt ṭt Ṯt ṯt Ṱt ṱt Ṳu ṳu Ṵu ṵu Ṷu ṷu Ṹu ṹu Ṻu ṻu Ṽv " +
        "ṽv Ṿv ṿv Ẁw ẁw Ẃw ẃw Ẅw ẅw Ẇw ẇw Ẉw ẉw Ẋx ẋx Ẍx ẍx Ẏy ẏy Ẑz ẑz Ẓz ẓz Ẕz ẕz ẖh ẗt ẘw ẙy ẛs ẞss Ạa ạa Ảa ảa Ấa " +
        "ấa Ầa ầa Ẩa ẩa Ẫa ẫa Ậa ậa Ắa ắa Ằa ằa Ẳa ẳa Ẵa ẵa Ặa ặa Ẹe ẹe Ẻe ẻe Ẽe ẽe Ếe ếe Ềe ềe Ểe ểe Ễe ễe Ệe ệe Ỉi " +
        "ỉi Ịi ịi Ọo ọo Ỏo ỏo Ốo ốo Ồo ồo Ổo ổo Ỗo ỗo Ộo ộo Ớo ớo Ờo ờo Ởo ởo Ỡo ỡo Ợo ợo Ụu ụu Ủu ủu Ứu ứu Ừu ừu Ửu " +
        "ửu Ữu ữu Ựu ựu Ỳy ỳy Ỵy ỵy Ỷy ỷy Ỹy ỹy ἀα ἁα ἂα ἃα ἄα ἅα ἆα ἇα Ἀα Ἁα Ἂα Ἃα Ἄα Ἅα Ἆα Ἇα ἐε ἑε ἒε ἓε ἔε ἕε Ἐε " +
        "Ἑε Ἒε Ἓε Ἔε Ἕε ἠη ἡη ἢη ἣη ἤη ἥη ἦη ἧη Ἠη Ἡη Ἢη Ἣη Ἤη Ἥη Ἦη Ἧη ἰι ἱι ἲι ἳι ἴι ἵι ἶι ἷι Ἰι Ἱι Ἲι Ἳι Ἴι Ἵι Ἶι " +
        "Ἷι ὀο ὁο ὂο ὃο ὄο ὅο Ὀο Ὁο Ὂο Ὃο Ὄο Ὅο ὐυ ὑυ ὒυ ὓυ ὔυ ὕυ ὖυ ὗυ Ὑυ Ὓυ Ὕυ Ὗυ ὠω ὡω ὢω ὣω ὤω ὥω ὦω ὧω Ὠω Ὡω Ὢω " +
        "Ὣω Ὤω Ὥω Ὦω Ὧω ὰα άα ὲε έε ὴη ήη ὶι ίι ὸο όο ὺυ ύυ ὼω ώω ᾀα ᾁα ᾂα ᾃα ᾄα ᾅα ᾆα ᾇα ᾈα ᾉα ᾊα ᾋα ᾌα ᾍα ᾎα ᾏα ᾐη " +
        "ᾑη ᾒη ᾓη ᾔη ᾕη ᾖη ᾗη ᾘη ᾙη ᾚη ᾛη ᾜη ᾝη ᾞη ᾟη ᾠω ᾡω ᾢω ᾣω ᾤω ᾥω ᾦω ᾧω ᾨω ᾩω ᾪω ᾫω ᾬω ᾭω ᾮω ᾯω ᾰα ᾱα ᾲα ᾳα ᾴα " +
        "ᾶα ᾷα Ᾰα Ᾱα Ὰα Άα ᾼα ιι ῂη ῃη ῄη ῆη ῇη Ὲε Έε Ὴη Ήη ῌη ῐι ῑι ῒι ΐι ῖι ῗι Ῐι Ῑι Ὶι Ίι ῠυ ῡυ ῢυ ΰυ ῤρ ῥρ ῦυ ῧυ " +
        "Ῠυ Ῡυ Ὺυ Ύυ Ῥρ ῲω ῳω ῴω ῶω ῷω Ὸο Όο Ὼω Ώω ῼω ﬀff ﬁfi ﬂfl ﬃffi ﬄffl ﬅst ﬆst ";

    // What keyboards and typesetters write differently: apostrophes and the letters of transliteration that look like one, quotation marks,
    // hyphens and dashes.
    private const string Punctuation =
        "\u2018' \u2019' \u201B' \u02B9' \u02BB' \u02BC' \u02BD' \u02BE' \u02BF' \u2032' \u00B4' \uFF07' " +
        "\u201C\" \u201D\" \u201E\" \u201F\" \u2033\" " +
        "\u2010- \u2011- \u2012- \u2013- \u2014- \u2015- \u2212- ";

    private static readonly Dictionary<char, string> Folded = (Letters + Punctuation)
        .Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .ToDictionary(entry => entry[0], entry => entry[1..]);

    /// <summary>Folds a label: two labels are the same exactly when their folded forms are equal, ordinally.</summary>
    /// <param name="label">The label, composed or decomposed.</param>
    /// <returns>The label in lower case, without accents and without blanks around it, its punctuation as a typewriter has it: <c>dürer</c>, <c>DÜRER</c> and a decomposed <c>Dürer</c> give <c>durer</c>, and <c>O’Brien</c> gives <c>o'brien</c>.</returns>
    public static string Fold(string label)
    {
        ArgumentNullException.ThrowIfNull(label);
        label = label.Trim();
        if (Ascii.IsValid(label))
        {
            return label.ToLowerInvariant();
        }

        var folded = new StringBuilder(label.Length);
        foreach (char c in label)
        {
            if (Folded.TryGetValue(c, out string? letters))
            {
                folded.Append(letters);
            }
            else if (CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.SpaceSeparator)
            {
                folded.Append(' ');
            }
            else if (CharUnicodeInfo.GetUnicodeCategory(c) is not (UnicodeCategory.NonSpacingMark or UnicodeCategory.Format))
            {
                folded.Append(char.ToLowerInvariant(c));
            }
        }

        string visible = folded.ToString().Trim(); // blanks may have stood beside what nobody sees

        // A label of nothing else is a label nevertheless.
        return visible.Length > 0 ? visible : string.Concat(label.Where(c => CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format));
    }

    /// <summary>Whether two labels are the same but for case, accents and the form of punctuation.</summary>
    /// <param name="label">A label.</param>
    /// <param name="other">Another.</param>
    /// <returns>Whether their folded forms are equal.</returns>
    public static bool AreSame(string label, string other) => label == other || Fold(label) == Fold(other);
}
