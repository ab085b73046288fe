"""Words that tell kinds of pages apart: of an English text, of an address, of the names on elements.

How much each list counts is learnt by ``bench/train_gate.py``: after a change here, train again.
"""

from __future__ import annotations

from collections.abc import Mapping


def _listed(words: str) -> frozenset[str]:
    return frozenset(word for line in words.splitlines() for part in line.split("|") if (word := part.strip()))


#: Phrases of a page's text, in lower case.
PHRASES: Mapping[str, frozenset[str]] = {
    "shop": _listed("""
        add to cart|add to basket|add to bag|your cart|view cart|buy now|in stock|out of stock|sold out|free shipping
        free delivery|shop now|wishlist|wish list|new arrivals|best sellers|gift card|customer reviews|regular price
        sale price|sort by|quantity|filter by|checkout|free returns|warranty|size guide|specifications
        what's in the box|you save|per month
    """),
    "service": _listed("""
        our services|our team|our clients|our customers|our experts|our solutions|contact us|contact sales|get a quote
        free quote|get started|request a demo|book a demo|free trial|start free|schedule a|free consultation|call us
        call today|case studies|testimonials|trusted by|why choose|how it works|we provide|we offer|we help|we deliver
        learn more|pricing|apply now|enroll|request information|find out more|what we do|your business|let's talk
        get in touch|talk to an expert|sign up free|book now
    """),
    "forum": _listed("""
        reply|replies|quote|log in or register|thread|new topic|new posts|posts:|joined:|member since|joined|upvote
        downvote|views|asked|answered|answers|best answer|accepted answer|mark as solution|report post|last edited
        original poster|points|permalink|you must log in|sign up to join|share this post|link to post|last reply|topics
        forum|forums|moderator|signature
    """),
    "manual": _listed("""
        on this page|edit this page|in this article|table of contents|next page|previous page|for example:|see also
        api reference|documentation|getting started|installation|configuration|parameters|arguments|returns|syntax
        example|examples|command line|default|deprecated|version|note:|warning:|was this page helpful|last updated
        report an issue|view source|recent changes|tutorial|reference
    """),
    "article": _listed("""
        min read|minute read|min. read|reading time|read time|written by|reviewed by|fact checked|posted on|posted by
        published|share this|leave a comment|leave a reply|cancel reply|related posts|related articles|about the author
        conclusion|disclosure|image credit|photo by|photo:|getty images|newsletter|editor's note|according to
        for example|this article|this guide
    """),
}

#: Words of an address: of its host's first label and of its path.
ADDRESS: Mapping[str, frozenset[str]] = {
    "article": _listed("""
        blog|blogs|news|article|articles|story|stories|post|posts|insights|insight|magazine|guide|guides|tips|advice
        opinion|academy|newsroom|journal|features|press|ideas|library|knowledge|reviews|review|report|reports|resources
        learn|health|tech|sports|politics|business|world|local|lifestyle|travel|aktuelles|nachrichten|artikel|beitrag
        ratgeber|magazin|politik|wirtschaft|kultur|actualites|actualite|politique|economie|societe|noticias|noticia
        politica|economia|cultura|deportes|notizie|articolo|cronaca|sport|nieuws|binnenland|vijesti|clanak|novice
        wiadomosci|artykul|zpravy|clanek|nyheter|nyheder|uutiset
    """),
    "shop": _listed("""
        product|products|produkt|produkte|produit|produits|producto|productos|prodotto|prodotti|produto|proizvod|shop
        store|collections|collection|cart|itm|dp|p|c|pd|sku|buy|category|categories|browse|catalog|catpage|brand|brands
        accessories|sale|deals|men|mens|women|womens|shoes|furniture|electronics|parts|app|pdp|item|items|market
        shopping|bestsellers|w
    """),
    "service": _listed("""
        service|services|solutions|solution|platform|features|pricing|plans|insurance|programs|program|courses|course
        degrees|certificates|certificate|certification|consulting|capabilities|industries|use-cases|portfolio|work
        coupons|movers|calculator|calculators|tools|careers|about|contact|company|team|testimonials|locations
        department|compare|tutoring|quote|personal|leistungen|angebot|dienstleistungen|prestations|servicios|soluciones
        servizi|servicos|diensten|usluge|uslugi
    """),
    "forum": _listed("""
        forum|forums|thread|threads|topic|topics|t|discussion|discussions|community|board|boards|viewtopic|showthread
        questions|question|answers|comments|r|ask|s|groups|thema|sujet|hilo|tema|diskussion|showtopic|post
    """),
    "manual": _listed("""
        docs|doc|documentation|manual|reference|api|wiki|tutorial|tutorials|guide|quickstart|getting-started|start
        developer|developers|help|support|kb|man|handbook|book|stable|latest|glossary|notes|introduction
        dokumentation|hilfe|aide|ayuda
    """),
    "list": _listed("""
        category|categories|tag|tags|topic|topics|list|lists|archive|archives|section|sections|directory|hub|index
        browse|search|catalog|all|latest|recent|issues|shows|subject|popular|trending|newest|best-sellers|awards
        schedule|standings|recipes|kategorie|thema|themen|rubrik|categorie|categoria|seccion|rubriek|kategorija
        kategoria
    """),
}

#: Words of class names, which are English everywhere.
NAMES: Mapping[str, frozenset[str]] = {
    "shop": _listed("""
        price|prices|cart|addtocart|sku|swatch|swatches|wishlist|stock|pdp|plp|qty|quantity|checkout|product|products
        sale|variant|rating|ratings|shipping|purchase|buy|basket|minicart|woocommerce|shopify|merch|store|stores|specs
        gallery|thumbnails|filter|filters|facet|facets|sort|sorting
    """),
    "service": _listed("""
        hero|cta|testimonial|testimonials|pricing|plan|plans|faq|faqs|accordion|logos|clients|partners|benefits
        features|feature|stat|stats|steps|step|tabs|tab|slider|carousel|swiper|slick|splide|quote|demo|trustpilot
        homepage|service|services|landing|banner|solutions|contact
    """),
    "forum": _listed("""
        thread|threads|reply|replies|signature|username|usercontent|bbwrapper|postbody|postbit|crawler|topic|topics
        forum|question|answer|answers|vote|votes|votecell|upvote|reputation|message|messages|messageuserinfo
        messagecontent|quotetitle|usertext|poster|postprofile|avatar|karma|op
    """),
    "manual": _listed("""
        toc|docs|doc|docsearch|highlight|codehilite|literal|syntax|mw|mediawiki|theme|markdown|sidebar|pagination
        breadcrumb|version|admonition|prism|hljs|language|rst|sphinxsidebar|headerlink|anchor|copybtn|code|pre|command
        param|article
    """),
    "list": _listed("""
        archive|listing|listings|grid|card|cards|results|result|filters|pagination|pager|feed|items|list|teaser|teasers
        river|category|tag|load|loadmore|infinite|directory|table|row
    """),
    "article": _listed("""
        byline|author|authors|bio|authorbio|hentry|single|singular|entry|posted|published|postid|postmeta
        datepublished|dateline|vcard|respond|comment|comments|commentform|related|share|sharing|social|updated|publish
        caption|figcaption|wpcaption|article|articlebody|story|storybody|readtime|reading|pubdate|newsletter|headline
        standfirst|lede|kicker
    """),
}

#: Small words of running English: menus, tables and shelves have few.
SMALL_WORDS = _listed("""
    the|of|and|to|in|is|that|it|was|as|with|be|on|by|at|are|this|from|or|have|an|they|which|but|were|their|has|not|can
    if|more|when|for|a|your|how|what|why
""")
WE = _listed("we|our|us|we're|we’re|we've|we’ve")
YOU = _listed("you|your|you're|you’re|you'll|you’ll")
SELF = _listed("i|my|me|i'm|i’m|i've|i’ve")
THEY = _listed("he|she|they|his|her|their|them|him")
