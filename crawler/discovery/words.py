"""Words in the paths of news sites that say what a page is, in the languages that we meet: data only.

A word is a whole path segment in lower case, without its extension; more languages are more words.
"""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


#: Machinery, forms, and folders of the house itself. Wherever one stands in a path, neither an article nor a
#: list of them lies below.
MACHINERY = _words("""
    wp-json wp-admin wp-login wp-content wp-includes wp-signup xmlrpc cdn-cgi api ajax oembed embed widget
    feed feeds rss rss2 atom trackback comments comment-page share sharer sendto email-friend
    login logout signin sign-in signup sign-up sso oauth register registration account myaccount my-account
    password cart basket checkout unsubscribe search suche recherche buscar busca busqueda buscador pesquisa
    ricerca zoeken pretraga trazi szukaj wyszukiwarka hledat iskanje anmelden anmeldung abmelden registrieren
    einloggen konto warenkorb merkliste connexion inscription iniciar-sesion registro prijava registracija
    logowanie rejestracja calendar kalender calendrier calendario kalendar kalendarz koledar kalendarium
    about about-us aboutus ueber-uns uber-uns contact contact-us impressum privacy shop store product products
    boutique donate faq faqs
""")

#: Pages of the house itself. Only as the last segment: "legal" and "jobs" are sections elsewhere.
SERVICE = _words("""
    about about-us aboutus about-the-paper our-team team staff masthead ueber-uns uber-uns ueberuns redaktion
    a-propos apropos qui-sommes-nous quienes-somos acerca-de chi-siamo sobre sobre-nos o-nama onama o-nas
    redakcija redakcja over-ons om-oss contact contact-us contactus contacts kontakt kontakte kontakty
    contacto contactez-nous contatti contato fale-conosco imprint impressum impresum mentions-legales
    aviso-legal note-legali colofon privacy privacy-policy privacypolicy privacy-notice datenschutz
    datenschutzerklaerung datenschutzhinweise confidentialite politique-de-confidentialite privacidad
    politica-de-privacidad privatnost politika-privatnosti polityka-prywatnosci zasebnost cookie cookies
    cookie-policy cookie-settings terms terms-of-use terms-of-service terms-and-conditions tos conditions
    nutzungsbedingungen agb cgu cgv condiciones terminos uvjeti uvjeti-koristenja regulamin legal
    legal-notice disclaimer accessibility barrierefreiheit accesibilidad corrections-policy ethics-policy
    advertise advertising advertise-with-us advertisement werbung werben mediadaten media-kit mediakit
    anzeigen publicite publicidad pubblicita oglasavanje marketing reklama adverteren careers career jobs
    karriere stellenangebote help hilfe aide ayuda pomoc support faq faqs feedback sitemap site-map
    plan-du-site mapa-del-sitio subscribe subscription subscriptions abo abos abonnement abonnements
    abonnieren abonner suscripcion suscribirse suscribete assine pretplata prenumerata narocnina newsletter
    newsletters shop store boutique tienda sklep trgovina donate donations spenden faire-un-don donar donar
    donacije print drucken epaper e-paper app apps mobile podcast-feeds alerts rss-feeds rss-feed
    tip-us-off send-us-a-tip submit submissions events veranstaltungen termine tag tags author authors
    gewinnspiel horoscope horoskop gaestebuch guestbook home start startseite index default accueil inicio
    homepage naslovnica pocetna
""")

#: Lists without end or of people: never an article, and too many to be followed as sections.
LISTS = _words("""
    tag tags schlagwort schlagworte stichwort etiqueta etiquetas mot-cle mots-cles oznaka oznake tagovi
    keyword keywords label author authors autor autoren autori autores auteur auteurs autore byline
    contributor contributors writer writers user users profile profiles profil member members forum forums
    archive archives archiv archivo archivos arhiv arhiva archiwum gallery-archive
""")

#: Below one of these lies a section of the paper.
SECTION_DIRS = _words("""
    section sections sektion category categories kategorie kategorien kategorija kategorije kategoria
    categoria categorias categorie cat rubrik rubriken rubrique rubriques rubrika rubrike rubryka seccion
    secciones sezione sezioni secao ressort ressorts dzial sekce topic topics thema themen theme tema temas
    channel
""")

#: Right below one of these lies an article; a script of such a name shows one.
ARTICLE_DIRS = _words("""
    article articles artikel artikeln articolo articoli articulo articulos artigo artykul clanak clanci
    clanok clanek story stories news-story newsstory post posts blog-post item news-item news-detail
    newsdetail noticia noticias notizia notizie nachricht meldung vijest vijesti-clanak novica actualite
    beitrag bericht report view read detail details show_article showarticle show-article read_article
    viewarticle view_article news_item
""")

#: Query parameters whose value names one article.
ID_KEYS = _words("""
    id p aid nid sid pid artid art article article_id articleid artikel artikel_id artikelid story story_id
    storyid news news_id newsid item item_id itemid idx no nr num id_article idarticle id_articolo
    id_noticia clanak vijest doc docid post post_id postid cod entry
""")

#: First labels of hosts that hold no news.
SERVICE_HOSTS = _words("""
    shop store abo abos subscribe login account accounts konto mein my mail email webmail jobs karriere
    epaper e-paper api cdn static img images media assets help support tickets forum ads anzeigen amp m
    newsletter newsletters secure sso auth id
""")

#: Extensions of what is no page.
FILES = _words("""
    jpg jpeg png gif svg webp avif bmp ico tif tiff pdf doc docx xls xlsx ppt pptx odt ods csv txt rtf zip
    gz tar rar 7z exe dmg apk mp3 mp4 m4a m4v m3u8 ogg oga ogv wav avi mov webm wmv flv css js mjs json xml
    rss rdf atom ics vcf woff woff2 ttf eot swf
""")

#: Extensions of pages.
PAGES = _words("htm html shtml xhtml phtml php php3 php4 asp aspx cfm jsp jspx jhtml do pl cgi ece")

#: What is written on a link to the next, older part of a list, without arrows.
OLDER = frozenset({
    "next", "next page", "older", "older posts", "older stories", "older articles", "older news", "more",
    "more news", "more stories", "load more", "show more", "previous posts", "earlier", "weiter", "nächste",
    "nächste seite", "naechste seite", "ältere beiträge", "ältere artikel", "ältere", "mehr", "mehr laden",
    "suivant", "suivante", "page suivante", "articles plus anciens", "plus", "siguiente", "página siguiente",
    "entradas anteriores", "más", "successivo", "successiva", "pagina successiva", "articoli precedenti",
    "próxima", "próximo", "próxima página", "mais antigos", "volgende", "volgende pagina", "sljedeća",
    "sljedeća stranica", "starije", "starije objave", "stariji članci", "starejše", "naslednja", "następna",
    "następna strona", "starsze", "starsze wpisy", "další", "starší", "nästa", "äldre", "neste", "næste",
    "seuraava", "следующая", "дальше", "далее", "наступна", "下一页", "次へ", "다음", "التالي", "הבא",
})  # fmt: skip

#: What is written on a link to an article in its headline's place.
READ_MORE = frozenset({
    "read more", "read on", "read article", "read the full story", "full story", "continue reading", "details",
    "leave a comment", "comments", "comment", "reply", "link", "permalink", "weiterlesen", "mehr lesen",
    "mehr erfahren", "zum artikel", "artikel lesen", "kommentare", "kommentieren", "lire la suite", "lire plus",
    "en savoir plus", "commentaires", "leer más", "seguir leyendo", "comentarios", "leggi tutto", "leggi di più",
    "continua a leggere", "ler mais", "leia mais", "lees meer", "lees verder", "pročitaj više", "opširnije",
    "više", "komentari", "preberi več", "czytaj więcej", "czytaj dalej", "więcej", "číst dál", "läs mer",
    "les mer", "læs mere", "lue lisää", "читать далее", "подробнее", "читати далі", "続きを読む", "더보기",
})  # fmt: skip
