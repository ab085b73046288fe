"""One line in, what it is out: the furniture of news pages ("top of page", "3 min read", "Share this") by its words.

Only whole lines are judged, never parts of one. A phrase that could be a sentence of an article is not here.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Whole lines, in lower case, without white space or punctuation at the ends.
_EXACT = frozenset(
    phrase
    for line in """
    top of page|bottom of page|back to top|skip to content|skip to main content|skip to navigation|scroll to top
    nach oben
    zum inhalt springen|zum seitenanfang|retour en haut|aller au contenu|ir al contenido|volver arriba|torna su
    vai al contenuto
    voltar ao topo|ir para o conteúdo|naar boven|naar inhoud|povratak na vrh|preskoči na sadržaj|na vrh|do góry|nahoru
    comments|comment|no comments|no comments yet|leave a comment|leave a reply|post a comment|add a comment
    write a comment
    view comments|show comments|join the conversation|join the discussion|be the first to comment|commenting is closed
    comments are closed|comments are closed.|cancel reply|log in to reply|reply|kommentare|kommentar|kommentieren
    keine kommentare
    kommentar schreiben|schreibe einen kommentar|schreiben sie einen kommentar|antworten|antwort abbrechen|commentaires
    aucun commentaire|laisser un commentaire|répondre|comentarios|sin comentarios|deja un comentario
    deja una respuesta|responder
    commenti|nessun commento|lascia un commento|rispondi|comentários|deixe um comentário|deixe uma resposta
    reacties|geef een reactie
    komentari|komentiraj|ostavi komentar|nema komentara|odgovori|komentarze|dodaj komentarz|komentáře
    přidat komentář|kommentarer
    lämna ett svar|legg igjen en kommentar|skriv en kommentar|kommentit|jätä kommentti
    share|share this|share this:|share this article|share this story|share this post|share on facebook
    share on twitter|share on x
    share on linkedin|share on whatsapp|share via email|share with your friends|tweet|tweet this|email this
    email this article|print
    print this article|print article|copy link|copy link to clipboard|link copied|link copied!|save|save article
    bookmark|like this
    like this:|like loading|listen|listen to this article|teilen|artikel teilen|auf facebook teilen
    auf twitter teilen|drucken
    artikel drucken|merken|link kopieren|anhören|artikel anhören|partager|partager cet article|imprimer
    envoyer par e-mail|compartir
    compartir en facebook|comparte|imprimir|condividi|stampa|compartilhar|compartilhe|partilhar|delen
    deel dit artikel|afdrukken
    podijeli|podijeli članak|podeli|ispiši|udostępnij|drukuj|sdílet|dela|dela artikeln|del|del artikkelen|jaa
    facebook|twitter
    linkedin|pinterest|whatsapp|telegram|reddit|email|e-mail|mail|messenger|xing|flipboard|pocket|instagram|youtube|tiktok|bluesky
    threads|mastodon|x
    subscribe|subscribe now|subscribe today|sign up|sign up now|sign up for our newsletter|subscribe to our newsletter
    subscribe to the newsletter|get our newsletter|newsletter|newsletter abonnieren|jetzt abonnieren|abonnieren
    s'abonner|s’abonner|abonnez-vous|inscrivez-vous à la newsletter|suscríbete|suscribirse|iscriviti
    iscriviti alla newsletter
    assine|inscreva-se|abonneer|schrijf je in|pretplati se|zapisz się|subskrybuj|prenumerera|abonner
    tilaa uutiskirje|log in|login
    sign in|register|anmelden|se connecter|iniciar sesión|accedi|entrar|inloggen|prijava
    advertisement|advertisment|advertising|ad|sponsored|sponsored content|story continues below advertisement
    article continues below advertisement|article continues after advertisement|continue reading below|anzeige
    werbung|publicité
    publicidad|pubblicità|publicidade|advertentie|oglas|reklama|annons|annonse|mainos|promoted|paid content
    read more|read more:|read also|read also:|read next|read next:|also read|also read:|see also|see also:
    related|related:
    related articles|related stories|related posts|related content|related topics|related news|more stories
    more from this section
    more like this|more on this story|more on this topic|you may also like|you might also like|recommended
    recommended for you
    recommended reading|recommended stories|trending|trending now|most read|most popular|popular posts
    latest news|latest stories
    latest posts|recent posts|recent articles|see all|view all|show more|load more|next article|previous article
    next post|previous post
    up next|what to read next|keep reading|continue reading|in this article|table of contents|editors' picks
    editor's picks
    mehr zum thema|mehr zum thema:|lesen sie auch|lesen sie auch:|lesen sie mehr|auch interessant
    das könnte sie auch interessieren
    das könnte dich auch interessieren|ähnliche artikel|ähnliche beiträge|meistgelesen|weiterlesen|zum thema
    à lire aussi|lire aussi
    lire aussi :|lire la suite|sur le même sujet|articles similaires|voir aussi|lea también|lee también
    te puede interesar|más noticias
    noticias relacionadas|artículos relacionados|leer más|ver también|leggi anche|leggi anche:|articoli correlati
    potrebbe interessarti
    ti potrebbe interessare|leia também|leia mais|veja também|saiba mais|notícias relacionadas|lees ook|lees ook:
    lees meer|meer over
    gerelateerde artikelen|pročitajte još|pročitajte i|pročitaj više|povezani članci|povezane vijesti|najčitanije
    vezane vijesti
    preberite tudi|preberite še|czytaj też|czytaj także|czytaj więcej|zobacz też|powiązane|čtěte také
    přečtěte si také|související
    läs mer|läs också|läs även|les også|les mer|læs også|lue myös|lue lisää
    tags|tags:|topics|topics:|filed under|filed under:|categories|categories:|posted in|schlagwörter|themen
    stichwörter|étiquettes|mots-clés
    etiquetas|temas|tag|oznake|ključne riječi|tagi|štítky|ämnen|about the author|about the authors|about author
    über den autor|zur person
    à propos de l'auteur|sobre el autor|sull'autore|sobre o autor|over de auteur|o autoru
    follow us|follow us on facebook|follow us on twitter|follow us on instagram|folgen sie uns|suivez-nous
    síguenos|seguici|siga-nos
    all rights reserved|all rights reserved.|alle rechte vorbehalten|tous droits réservés
    todos los derechos reservados|sva prava pridržana
    open image in modal|view image in fullscreen|enlarge image|close|menu|search|image|photo|photos|video|gallery
    loading|loading...
    bild vergrößern|bild öffnen|getty images|file photo|our standards: the thomson reuters trust principles.
    edited by:|by|posted by|author
    """.splitlines()
    for phrase in line.strip().split("|")
    if phrase
)  # fmt: skip

#: A line that begins so is furniture whatever follows; lines only, with at most ``_LONGEST`` characters.
_LONGEST = 160
_LONGEST_OFFER = 60
_BEGINS = re.compile(
    r"""(?ix)^(?:
        (?:read\ (?:more|also|next)|also\ read|see\ also|related(?:\ (?:articles?|stor(?:y|ies)|posts?|news
          |coverage|reading))?|more\ from|more\ on\ this|you\ may\ also\ like|recommended|dig\ deeper)\s*[:|»→–-]
      | (?:lesen\ sie\ (?:auch|hier|mehr)|lies\ auch|mehr\ (?:zum\ thema|dazu)|auch\ interessant|lire\ aussi
      |à\ lire(?:\ aussi)?|lea\ también|lee\ también|leer\ más|te\ puede\ interesar|leggi\ anche|leia\ (?:também
      |mais)|veja\ também|lees\ (?:ook|meer)|pročitajte(?:\ i|\ još|\ više)?|preberite(?:\ tudi|\ še)?
      |czytaj\ (?:też|także|więcej)|zobacz\ (?:też|także)|čtěte\ také|läs\ (?:mer|också|även)|les\ (?:også|mer)
      |læs\ (?:også|mere)|lue\ (?:myös|lisää))\s*[:|»→–-]
      | (?:click|tap)\ here\ to\ (?:read|subscribe|sign|join|donate|share|listen|watch|view|download)\b
      | (?:sign|signing)\ up\ (?:for|to)\ (?:our|the|receive|get)\b | subscribe\ to\ (?:our|the|receive|get)\b
      | get\ the\ latest\ .{0,60}(?:inbox|newsletter)
      | (?:follow|like|join|find)\ us\ on\b | (?:download|get)\ (?:our|the)\ .{0,20}\bapp\b
      | your\ e-?mail\ address\ will\ not\ be\ published | deine\ e-mail-adresse\ wird\ nicht
      | ihre\ e-mail-adresse\ wird\ nicht
      | required\ fields\ are\ marked | save\ my\ name,?\ e-?mail | you\ must\ be\ (?:logged|signed)\ in\ to
      | this\ site\ uses\ akismet
      | notify\ me\ of\ (?:new|follow) | votre\ adresse\ e-?mail\ ne\ sera\ pas | tu\ dirección\ de\ correo
      | il\ tuo\ indirizzo\ email
      | (?:©|\(c\)|copyright\b).{0,100}(?:19|20)\d\d | .{0,60}\ all\ rights\ reserved\.?$
      | (?:filed\ under|posted\ in|tagged(?:\ (?:as|with))?|tags|topics|categories|schlagwörter|schlagworte
      |themen|étiquettes|mots-clés|etiquetas|tag|oznake|tagi|štítky)\s*:\s
      | (?:zum|den)\ newsletter\ (?:anmelden|abonnieren) | hier\ (?:geht\ es|klicken)\b
      | melden\ sie\ sich\ (?:zum|für)\b | abonnieren\ sie\b
      | inscrivez-vous\ à\b | abonnez-vous\ (?:à|pour)\b | suscríbete\ (?:a|para)\b | iscriviti\ (?:a|per)\b
      | schrijf\ je\ in\ voor\b
      | (?:like|share)\ this\ on\b | share\ (?:this\ )?(?:on|via|with)\b.{0,40}$
      | (?:advertisement|anzeige|werbung|publicité|publicidad|pubblicità|publicidade|advertentie|oglas|reklama
      |annons|annonse|mainos|реклама|διαφήμιση|विज्ञापन|広告|광고|إعلان)\b(?:\ ?[(:–-].{0,40}|.{0,12})$
      | suscríbete\b | (?:jetzt\ )?(?:den\ )?newsletter\ (?:abonnieren|bestellen)\b | enter\ your\ e-?mail\b
      | by\ (?:signing\ up|subscribing|submitting)\b.{0,60}\byou\ agree\b | .{0,100}\bunsubscribe\ (?:at\ )?any\ ?time
      | report\ (?:a\ mistake|an\ error)\b | link\ copied\b | \[?see\ also:
      | (?:the\ )?(?:opinions|views)\ (?:and\ opinions\ )?expressed\ (?:in\ this|here|by|are)\b
      | (?:this\ (?:post|article|page|site)|we)\ (?:may\ )?contains?\ affiliate\b | as\ an\ amazon\ associate\b
      | this\ (?:article|content|information)\ is\ .{0,40}(?:informational|educational)\ purposes\ only
      | reach\ .{3,40}\ at\ \S+@\S+
      | ακολουθήστε\b.{0,60}(?:google\ news|facebook|instagram)
      | (?:якщо\ ви\ помітили|если\ вы\ заметили)\ (?:помилку|ошибку)
      | (?:підписуйтесь|підписуйтеся|подписывайтесь)\ на\b | (?:читайте|смотрите|дивіться)\ (?:також|также)\b
      | yorum\ yaz(?:arak|mak|ın)\b | bizi\ .{0,40}takip\ edin
      | [（(【\[]?\s*(?:责任编辑|責任編輯|责编|责任校对|编辑|編輯|校对|审核|监制|来源|來源|原标题)\s*[：:]
      | loading\ (?:comments|…|\.\.\.)
      | \d+\s(?:comments?|kommentare?|commentaires?|comentarios?|commenti|reacties?|komentara?|shares?|views?|likes?)$
    )"""
)
_PRICE = r"(?:from|ab|dès|desde|da|od|vanaf|fra|från|от|від)?\s*[$£€¥]?\s?\d[\d.,]*\s?(?:[$£€¥₽₺]|kr|zł|kč|ft|lei)?"
#: An offer as a whole line, perhaps with its price: "Book a table", "Buy now", "Zum Angebot ab 12 €".
_OFFER = re.compile(
    rf"""(?ix)^\W*(?:
        book\ (?:a\ table|now|here|tickets) | buy\ (?:now|it\ now|here|tickets) | shop\ now | order\ (?:now|online)
      | check\ (?:the\ )?(?:latest\ |current\ )?price | (?:view|see|get)\ (?:the\ )?(?:deal|offer|tickets)
      | add\ to\ (?:cart|basket|bag) | reserve\ (?:a\ table|now)
      | jetzt\ (?:kaufen|buchen|bestellen|reservieren) | zum\ angebot | tisch\ reservieren
      | réserver(?:\ une\ table|\ maintenant) | acheter\ maintenant | voir\ l['’]offre
      | comprar\ (?:ahora|agora) | reservar(?:\ (?:una\ )?mesa|\ ahora|\ agora) | ver\ (?:la\ )?oferta
      | acquista\ (?:ora|subito) | prenota(?:\ (?:ora|subito|un\ tavolo)) | vedi\ (?:l['’])?offerta
      | kupi\ (?:odmah|sada) | naruči\ (?:odmah|sada) | rezerviraj\ (?:odmah|stol)
      | (?:bestel|koop|boek)\ nu | köp\ nu | boka\ (?:nu|bord) | kjøp\ nå | køb\ nu | osta\ nyt | kup\ teraz
      | koupit\ nyní | купить\ сейчас | забронировать\ (?:столик|сейчас) | купити\ зараз
      | hemen\ (?:al|satın\ al) | satın\ al
      | 立即(?:购买|購買|预订) | 今すぐ(?:購入|予約) | 구매하기 | 예약하기
    )\W*(?:{_PRICE})?\W*$"""
)
_MINUTES = (
    r"min(?:s|ute[sn]?|uten|uti|utos?|uta|utę|uty|uut(?:in|tia)?)?\.?",
    r"(?:read(?:ing)?(?:\s+time)?|lesezeit|lesedauer|zu\s+lesen|de\s+lecture|lecture|de\s+lectura|lectura"
    r"|di\s+lettura|lettura"
    r"|de\s+leitura|leitura|leestijd|lezen|čitanja|čitanje|branja|czytania|čtení|läsning|lästid|lesetid"
    r"|læsetid|lukuaika)",
)
_READING = (
    re.compile(rf"(?i)^\W*(\d{{1,3}})\s*[-–]?\s*{_MINUTES[0]}[\s-]*{_MINUTES[1]}\W*$"),
    re.compile(
        rf"(?i)^\W*(?:estimated\s+|geschätzte\s+)?(?:{_MINUTES[1]}|temps\s+de\s+lecture|tiempo\s+de\s+lectura"
        rf"|tempo\s+di\s+lettura|tempo\s+de\s+leitura"
        rf"|vrijeme\s+čitanja|čas\s+branja|czas\s+czytania|doba\s+čtení)\s*[:：–-]?\s*(?:ca\.?\s*"
        rf"|about\s+|de\s+)?(\d{{1,3}})\s*{_MINUTES[0]}\W*$"
    ),
    re.compile(rf"(?i)^\W*(\d{{1,3}})\s*{_MINUTES[0]}\W*$"),
)  # fmt: skip
_DIGIT = re.compile(r"\d")
_END_OF_TEXT = frozenset(
    """comments|kommentare|commentaires|comentarios|commenti|comentários|reacties|komentari|komentarze|komentáře|kommentarer
    kommentit|leave a reply|leave a comment|bottom of page|recent posts|related posts""".replace("\n", "|")
    .replace("    ", "")
    .split("|")
)


def bare(line: str) -> str:
    """A line in lower case without bullets, white space or odd marks at its ends."""
    return unicodedata.normalize("NFC", line).casefold().strip(" \t\r\n\ufeff\u200b\u200e\xa0•·|*>»→←–—-_.:…")


# Asked of each line several times a page, and the same lines stand on every page of a site.
@lru_cache(maxsize=4096)
def _is_furniture(line: str) -> bool:
    short = bare(line)
    if not short or short in _EXACT or _BEGINS.match(line.strip(" •·|*>»→")):
        return True
    return len(line) <= _LONGEST_OFFER and bool(_OFFER.match(line))


def is_furniture(line: str) -> bool:
    """True if a whole line belongs to the page and not to the article."""
    return len(line) <= _LONGEST and _is_furniture(line)


def ends_the_text(line: str) -> bool:
    """True if everything after this line is comments and footers: "Comments", "bottom of page"."""
    return len(line) <= _LONGEST and bare(line) in _END_OF_TEXT


def reading_minutes(line: str) -> int | None:
    """3 for "3 min read", "Lesezeit: 3 Minuten" and the like as a whole line; else None."""
    if len(line) > 60 or not _DIGIT.search(line):
        return None
    found = next((m for pattern in _READING if (m := pattern.match(line))), None)
    return int(found[1]) if found and 0 < int(found[1]) <= 240 else None
