"""A name in, whether it is a person's out: by its first word, among the common given names of some languages.

No table holds all names: a name not found here may be a person's all the same. It serves where nothing else tells
people from places, sections and companies.
"""

from __future__ import annotations

from pipelines.months import plain

_NAMES = """
    aaron abby abdul abdullah abigail adam addison adele adrian adriana adrien agata agnes agnieszka ahmad ahmed
    aida aidan aileen aisha aki akira alain alan alana albert alberto alejandra alejandro aleksandar aleksandra
    alena alessandra alessandro alex alexa alexander alexandra alexandre alexis alfred alfredo ali alice alicia
    alina alison allan allen allison alma alvaro alyssa amanda amber amelia amelie amir amit amy ana anastasia
    anders andre andrea andreas andreea andrej andrew andrey andrzej andy angel angela angelica angelina angelo anil
    anita anja ann anna annabel anne annette annie annika ante anthony antje anton antonia antonio antti anya ariana
    ariel arjun arnaud arne arthur arturo asha ashley astrid audrey aurelie ava avery axel ayesha aylin barbara
    barry bart bastian beata beate beatrice beatriz becky ben benedikt benjamin benoit bernard bernd bernhard bert
    beth bettina betty bianca billy birgit bjorn blake bob bojan boris brandon branko brenda brendan brent brett
    brian bridget britta brittany bruce bruno bryan caitlin caleb cameron camila camille cara carina carl carla
    carlo carlos carmen carol carole carolin caroline carolyn carrie carsten casey caspar cassandra catalina
    catarina catherine cathy cecilia cedric celia celine cesar chad charles charlie chelsea cheryl chiara chloe
    chris christa christian christiane christina christine christoph christophe christopher cindy claire clara clare
    claudia claudio claus clemens clement cody colin colleen connor conor constance constantin corey corinna corinne
    cory courtney craig cristian cristina curtis cynthia dagmar daisy dale damian damien damir dan dana daniel
    daniela daniele danielle danny daria dariusz darko darren daryl dave david davide davor dawn dean debbie deborah
    debra deepak deepika denis denise dennis derek desiree devin diana diane diego dieter dimitri dinesh dirk dmitri
    dolores dominic dominik dominique don donald donna dora doris dorothea dorothy doug douglas dragan drew duncan
    dusan dustin dylan ed eddie eduardo edward edwin eileen elaine eleanor elena eleonora eli elias elisa elisabeth
    elise elizabeth ella ellen ellie elliot elliott elsa emanuel emil emilia emilie emily emma emmanuel enrico
    enrique eric erica erik erika erin ernst esra esteban esther ethan eugene eva evan eve evelyn fabian fabio
    fabrice farah fatima federica federico felicia felix ferdinand fernanda fernando filip filippo finn fiona flavia
    flora florian frances francesca francesco francis francisco franciska franck francois francoise frank franz fred
    frederic frederick frederik frida friederike friedrich gabriel gabriela gabriele gabriella gail gareth garrett
    gary gavin gemma genevieve geoff geoffrey georg george gerald gerard gerd gerhard gianni gilles gina giorgio
    giovanni giulia giuseppe glenn gloria goran gordon grace graham greg gregor gregory greta guido guillaume
    guillermo gunnar gustav guy hailey hana hanna hannah hannes hans harald harriet harry harvey hassan heather
    hector heidi heike heiko heinz helen helena helene helga helmut hendrik henning henri henrik henry herbert
    hiroshi holger holly howard hrvoje hugh hugo ian ida ignacio igor iker ilona ilse imran ines inga inge ingo
    ingrid irena irene irina iris isaac isabel isabella isabelle ismail ivan ivana ivica ivo jack jackie jacob
    jacqueline jacques jaime jake jakob jakub james jamie jan jana jane janet janice janina janine jared jaroslav
    jasmin jasmine jason javier jay jean jeanette jeanne jeff jeffery jeffrey jelena jen jenna jenni jennifer jenny
    jens jeremy jeroen jerome jerry jesper jess jesse jessica jesus jill jim jimmy jo joachim joan joana joanna
    joanne joao joaquin jochen jodi joe joel joelle johan johann johanna johannes john johnny jon jonas jonathan
    joost jordi jorg jorge jose josef josefine joseph josh joshua josie jovana joy joyce juan juana judith judy
    juergen juha jules julia julian juliana juliane julie julien juliet juliette julio jurgen justin justine kai
    kaja kamil kara karel karen karim karin karina karl karla karol karolina kasia katarina katarzyna kate katharina
    katherine kathleen kathrin kathryn kathy katie katja katrin katrina kay kayla keith kelly kelsey ken kendra
    kenneth kerry kerstin kevin khalid kim kimberly kirk kirsten kirstin kirsty klara klaus konrad konstantin
    kristen kristian kristin kristina kristine krzysztof kurt kyle kylie laila lance lara larissa larry lars laura
    laure lauren laurence laurent lawrence layla lea leah lee leila lena lenka leo leon leona leonardo leonie leroy
    leslie leticia levi lewis liam lidia lilian lily lina linda lindsay lindsey linh lionel lisa lise liz lizzie
    ljiljana logan lola lora lorena lorenzo loretta lori lorraine lothar louis louisa louise luc luca lucas lucia
    luciano lucie lucy ludwig luigi luis luisa luka lukas luke lutz lydia lynn maaike madeleine madeline magda
    magdalena maggie maja malcolm malin malte mandy manfred manon manuel manuela mara marc marcel marcella marcello
    marcia marcin marco marcos marcus mareike margaret margarita margit margot maria mariana marianne marie marija
    marijana marina mario marion marisa marissa marius marjorie mark marko markus marlene marta martha martin
    martina marvin mary maryam masha mason mateo mateusz mathew mathias mathieu mathilde matilda matt matteo matthew
    matthias matthieu maureen maurice mauricio max maxim maxime maximilian maya megan mehmet mei meike melanie
    melissa mercedes meredith mia micaela michael michaela michal michel michele michelle miguel mika mikael mike
    mikhail mila mile milica milos min mira miranda miriam mirjana mirko miroslav misty mitchell mohamed mohammad
    mohammed moira molly mona monica monika monique morgan moritz muhammad myriam nadia nadine nadja nancy naomi
    natalia natalie natasa natasha nathalie nathan nathaniel neha neil nele nenad nicholas nick nicola nicolas
    nicole niels nigel nika nikhil nikki niklas niko nikola nikolai nikolas nils nina noah noel noemi nora norbert
    norma oksana ole oleg olga oliver olivia olivier omar orla oscar oskar osman otto owen pablo paige pamela paola
    paolo pascal patricia patricio patrick patrik patrizia paul paula paulina pauline paulo pavel pawel pedro peggy
    penelope per perry petar pete peter petr petra phil philip philipp philippe phillip pia pierre pilar piotr
    polina polly porter priya priyanka quentin rachael rachel radek rafael rahul rainer raj rajesh ralf ralph ramon
    rana randall randy raoul raphael raquel raul ravi ray raymond rebecca regina reinhard renata renate rene reuben
    rhys ricardo riccardo richard rick ricky rita rob robert roberta roberto robin rodney rodrigo roger rohan roland
    rolf romain roman ronald rosa rosanna rosie ross roxanne roy ruben rudolf rui rupert russell ruth ryan sabine
    sabrina said sally sam samantha samir samuel sandeep sandra sandro sandy sanja sanjay sara sarah sascha sasha
    saskia saul scott sean sebastian selena selma serena serge sergei sergio seth shane shannon sharon shaun shawn
    sheila shelby shelia shelley shirley silke silvia silvio simon simona simone slobodan sofia sofie sonia sonja
    sonya sophia sophie stacey stacy stan stanislav stef stefan stefania stefanie stefano steffen stella stephan
    stephane stephanie stephen steve steven stuart sue suki sunil susan susana susann susanna susanne suzanne sven
    svenja svetlana sybille sylvia sylvie tamara tammy tania tanja tanya tara tariq tatiana tatjana taylor ted
    teresa terry thea thelma theo theodor theodore theresa therese thibault thierry thomas thorsten tiago tiffany
    till tim timo timothy tina tobias todd tom tomas tomasz tomaz tomislav tommy toni tony tonya torben torsten
    tracey tracy travis trevor tricia trish tristan trond troy tyler ulf ulla ulrich ulrike uros ursula ute uwe
    valentin valentina valeria valerie vanessa vera verena veronica veronika veronique vicki vicky victor victoria
    viktor viktoria vince vincent vincenzo violeta vivian vivien vladimir volker walter wanda warren wayne wendy
    werner wesley wilhelm willem william wolfgang wyatt xavier yan yang yasmin yolanda yuki yusuf yvette yvonne zach
    zachary zack zara zdravko zeljko zlata zoe zoltan zoran zuzana
"""
_GIVEN = frozenset(_NAMES.split())


def is_given_name(word: str) -> bool:
    """True for a common given name, a double name of which the first is one ("Anne-Marie") among them."""
    return plain(word).partition("-")[0] in _GIVEN
